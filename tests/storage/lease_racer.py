"""A process that takes leases on command: for races between processes, and for one that is killed."""

import os
import sys

from crawler.storage import S3Credentials, open_storage
from crawler.storage.lease import LeaseHeldError
from tests.storage.leasing import take_lease


def main(address: str, settle: str, seconds: str) -> None:
    """Read a site from each line of stdin, answer `held` or why not; hold what is held until the end."""
    credentials = S3Credentials(
        access_key=os.environ.get("RACER_ACCESS_KEY"),
        secret_key=os.environ.get("RACER_SECRET_KEY"),
        endpoint_url=os.environ.get("RACER_ENDPOINT"),
        region="us-east-1",
    )
    storage = open_storage(address, credentials=credentials)
    held = []
    say("ready")
    for line in sys.stdin:
        try:
            held.append(
                take_lease(
                    storage,
                    line.strip(),
                    holder=f"run-{os.getpid()}",
                    seconds=float(seconds),
                    settle=float(settle),
                    margin=0,
                )
            )
            say("held")
        except LeaseHeldError as error:
            say(str(error))


def say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
