"""Waits that double: between attempts at a storage, after busy responses, and between vain rechecks."""

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0  # seconds
_MAX_DOUBLINGS = 16  # of a wait; more would only make the number overflow


def doubled(first: float, times: int, longest: float) -> float:
    """Return the wait that begins with `first` and was doubled `times` times, `longest` at most."""
    return min(first * 2.0 ** min(times, _MAX_DOUBLINGS), longest)


def pause_after(attempt: int, jitter: float) -> float:
    """Return the seconds to wait after a failed attempt, numbered from 1.

    `jitter` between 0 and 1 gives half to all of the wait, so that crawls do not all try at the same moment.
    """
    return doubled(_FIRST_PAUSE, attempt - 1, _LONGEST_PAUSE) * (1 + jitter) / 2
