"""Check the name of a site that a user gives for an archive."""

import difflib

from crawler.archive.names import ARTICLES_FOLDER, site_of_run
from crawler.errors import UsageError
from crawler.storage import Storage

_NAMES_SHOWN = 20


def check_site(storage: Storage, name: str | None) -> None:
    """Raise UsageError where the archive has runs, WARC files or articles, and none of the named site."""
    if name is None:
        return
    known = {each.removesuffix("/") for each in storage.list_names("warc/")}
    if name in known:
        return
    tables = storage.list_names(f"{ARTICLES_FOLDER}/")
    known |= {each.removeprefix("site=").removesuffix("/") for each in tables if each.startswith("site=")}
    known |= {site for each in storage.list_names("runs/") if (site := site_of_run(each.removesuffix("/")))}
    if known and name not in known:
        raise UsageError(f"The archive {storage.address} has no site {name!r}. {_hint(name, sorted(known))}")


def _hint(name: str, known: list[str]) -> str:
    if near := difflib.get_close_matches(name, known, n=3, cutoff=0.4):
        return f"Did you mean {' or '.join(near)}?"
    more = f" and {len(known) - _NAMES_SHOWN} more" if len(known) > _NAMES_SHOWN else ""
    return f"It has {', '.join(known[:_NAMES_SHOWN])}{more}."
