"""Waiting for a carrier."""

from crawler.storage.carrier import Carrier


def settled(carrier: Carrier, seconds: float) -> bool:
    """Wait until every file arrived or was given up; return False after so many seconds."""
    with carrier._changed:
        return carrier._changed.wait_for(carrier._is_idle, seconds)
