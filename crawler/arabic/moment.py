"""A moment as a text states it. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Precision = Literal["second", "minute", "day"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One moment, as a text states it. The levels of confidence are described in `crawler.arabic.dates`."""

    value: datetime  # aware, its offset fixed; with precision "day": midnight of that day in the assumed zone
    precision: Precision
    zone_given: bool  # the text names the zone or the offset
    confidence: float  # 0 to 1
    form: str  # what was recognised: iso, named-month, dual-month, numeric, hijri, hijri+gregorian, relative…
