"""The Hijri calendar as the Arab press uses it: Umm al-Qura, with room for a sighting of the moon. Pure."""

from datetime import date

from hijridate import Hijri

# Whoever sights the moon instead of reckoning it may begin a month a day, rarely two, apart.
SIGHTING_DAYS = 2
# States that date by the Umm al-Qura calendar itself.
UMM_AL_QURA = frozenset({"SA", "AE", "BH", "KW", "QA"})


def gregorian(year: int, month: int, day: int) -> date | None:
    """The day of an Umm al-Qura date, or None where the calendar (1343 to 1500) has no such day."""
    try:
        return Hijri(year, month, day).to_gregorian()
    except (ValueError, OverflowError):
        return None
