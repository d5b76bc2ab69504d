"""Serve the demo newspapers until Ctrl-C: python -m crawler.demo [--port N]."""

import argparse
import sys
import threading
from contextlib import suppress

from crawler.demo.outlets import OUTLETS
from crawler.demo.server import Newsstand, serve


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m crawler.demo", description="Serve the demo newspapers.")
    parser.add_argument(
        "--port", type=int, default=0, help="the port that they share (default: any free one)"
    )
    port = parser.parse_args().port
    try:
        with suppress(KeyboardInterrupt), serve(OUTLETS.values(), port=port, own_ports=True) as stand:
            _print_addresses(stand)
            threading.Event().wait()
    except (OSError, OverflowError) as error:
        sys.stderr.write(f"The newspapers cannot open on port {port}: {error}.\n")
        return 1
    return 0


def _print_addresses(stand: Newsstand) -> None:
    write = sys.stdout.write
    mapping = ",".join(stand.connect_to())
    write("The demo newspapers are open. In a browser:\n\n")
    for outlet, address in zip(stand.outlets, stand.own_addresses(), strict=True):
        write(f"  {address}  {outlet.name_ar} ({outlet.name_en})\n")
    write("\nCrawl one of them by its name:\n\n")
    for address in stand.addresses():
        write(f"  scrapy crawl news -a url={address} -s CONNECT_TO={mapping}\n")
    write("\nCtrl-C closes them.\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
