"""The time zone of a site's clock, only where it is certain. Pure.

A described site says its zone. A host under the domain of an Arab country writes for that country, and each
of these has one zone. Anything else has none: its bare times of day are not moments.
"""

from zoneinfo import ZoneInfo

from crawler.site import Site
from crawler.urls import host_of

_ZONES = {
    "ae": "Asia/Dubai", "bh": "Asia/Bahrain", "dj": "Africa/Djibouti", "dz": "Africa/Algiers",
    "eg": "Africa/Cairo", "iq": "Asia/Baghdad", "jo": "Asia/Amman", "km": "Indian/Comoro",
    "kw": "Asia/Kuwait", "lb": "Asia/Beirut", "ly": "Africa/Tripoli", "ma": "Africa/Casablanca",
    "mr": "Africa/Nouakchott", "om": "Asia/Muscat", "ps": "Asia/Hebron", "qa": "Asia/Qatar",
    "sa": "Asia/Riyadh", "sd": "Africa/Khartoum", "so": "Africa/Mogadishu", "sy": "Asia/Damascus",
    "tn": "Africa/Tunis", "ye": "Asia/Aden",
}  # fmt: skip


def zone_of(site: Site, url: str) -> ZoneInfo | None:
    """The zone of a site's local times, or None where nothing certain tells it."""
    if site.zone:
        return site.zone
    name = _ZONES.get(host_of(url).rpartition(".")[2])
    return ZoneInfo(name) if name else None


def country_of(site: Site, url: str) -> str | None:
    """The country whose way of writing dates the site follows (ISO 3166-1 alpha-2)."""
    ending = host_of(url).rpartition(".")[2]
    return site.country or (ending.upper() if ending in _ZONES else None)
