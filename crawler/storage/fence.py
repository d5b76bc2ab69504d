"""The fence: a document that machines replace by turns, each under the generation of its lease.

A run that was stopped longer than its lease may wake up and go on. Its generation is lower than that of the
run that has taken its site since, so it finds the newer document and must not replace it. Between its look
and its write the document cannot change unnoticed: the write is conditional.
"""

import json
import time
from collections.abc import Callable

from crawler.storage.base import UnavailableError
from crawler.storage.cell import Cell, FasterError
from crawler.storage.lease import SETTLE, Lease, LeaseLostError

_ROUNDS = 20  # rivals that may be faster, one after the other


def generation_of(content: bytes | None) -> int:
    """Return the generation that a JSON document carries; 0 for none and for one without generation."""
    try:
        value = json.loads(content) if content else {}
    except (ValueError, RecursionError):
        return 0
    generation = value.get("generation") if isinstance(value, dict) else None
    return generation if isinstance(generation, int) and generation > 0 else 0


def replace_fenced(
    cell: Cell,
    lease: Lease,
    make: Callable[[bytes | None], bytes],
    *,
    sleep: Callable[[float], object] = time.sleep,
) -> None:
    """Replace the document in a cell by `make(what is there)`, a JSON object with the lease's `generation`.

    `make` is called again if another machine was faster. Raises LeaseLostError where the document carries a
    higher generation or the site is no longer this run's, ArchiveError where the storage fails.
    """
    for _ in range(_ROUNDS):
        seen = cell.read()
        if generation_of(seen.content) > lease.generation or not lease.holds():
            raise LeaseLostError(
                f"{cell.place} was written by a later run of this site; this run must not replace it."
            )
        content = make(seen.content)
        if generation_of(content) != lease.generation:
            raise ValueError("the document does not carry the generation of the lease")
        try:
            sure = cell.write(content, seen)
        except FasterError:
            if cell.read().content == content:  # an answer got lost, and the request was sent again
                return
            continue
        if sure:
            return
        sleep(SETTLE)  # the server knows no condition: a rival that saw the same has written by then
        if cell.read().content == content:
            return
    raise UnavailableError(f"{cell.place} changes all the time; try again later.")


def check_held(lease: Lease, what: str) -> None:
    """Raise LeaseLostError, which begins with `what`, unless this run has the site. Raises ArchiveError."""
    if not lease.holds():
        raise LeaseLostError(f"{what}: another run has taken the site, so this run must end.")
