"""The Hijri calendar as the Arab press uses it: Umm al-Qura, with room for a sighting of the moon. Pure."""

from datetime import date, timedelta

from hijridate import Hijri

# A country that sights the moon may begin a month a day, rarely two, before or after the calendar does.
SIGHTING_DAYS = 2
_LONGEST_MONTH = 30  # days
# States that date by the Umm al-Qura calendar itself.
UMM_AL_QURA = frozenset({"SA", "AE", "BH", "KW", "QA"})


def gregorian(year: int, month: int, day: int) -> date | None:
    """Return the day of an Umm al-Qura date, or None where the calendar (1343 to 1500) has no such day."""
    try:
        return Hijri(year, month, day).to_gregorian()
    except (ValueError, OverflowError):
        return None


def day_after_the_last(year: int, month: int, day: int) -> date | None:
    """Return the day of a 30th that the calendar lacks: a sighting of the moon may lengthen a month."""
    last = gregorian(year, month, _LONGEST_MONTH - 1) if day == _LONGEST_MONTH else None
    return last + timedelta(days=1) if last else None
