"""Opens the reading room: the port, the index, the server; ends after Ctrl-C."""

import sys
import webbrowser
from collections.abc import Callable, Sequence
from pathlib import Path

from crawler.browse.access import PARAMETER
from crawler.browse.app import make_app
from crawler.browse.options import RoomOptions
from crawler.browse.room import Refresher, Room
from crawler.browse.server import address_of, open_port, run_server
from crawler.browse.stories import StoriesDesk
from crawler.search.index import open_index
from crawler.search.output import ProgressLine
from crawler.site import Site
from crawler.storage import Storage


def open_room(
    storage: Storage,
    options: RoomOptions,
    *,
    spool: Path,
    sites: Sequence[Site],
    on_problem: Callable[[str], object],
) -> None:
    """Answer requests until Ctrl-C. Raises WarraqError where the room cannot be opened.

    `sites` are the outlets that are described, `on_problem` gets a sentence about each file of the archive
    that cannot be read.
    """
    listening = open_port(options.access.host, options.port)
    try:
        with ProgressLine() as progress:
            index = open_index(storage, progress=progress)
        for sentence in (*index.notices, *index.problems):
            on_problem(sentence)
        room = Room(
            storage=storage,
            index=index,
            spool=spool,
            zones={site.name: site.zone for site in sites},
            english={site.name: site.outlet_en for site in sites},
            stories=StoriesDesk(storage),
            replay=options.replay,
        )
        room.freshness.problems = tuple(index.problems)
        address = address_of(listening)
        if options.token:
            address += f"?{PARAMETER}={options.token}"
        refresher = Refresher(room, options.refresh)

        def ready() -> None:
            sys.stdout.write(f"The reading room is open at {address}\nCtrl-C closes it.\n")
            sys.stdout.flush()
            refresher.start()
            if options.opens_browser:
                webbrowser.open(address)

        try:
            run_server(make_app(room, options.access), listening, on_ready=ready)
        finally:
            refresher.stop()
    finally:
        listening.close()
