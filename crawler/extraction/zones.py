"""The time zone of a site's clock, only where it is certain. Pure.

A described site says its zone. A host under the domain of an Arab country writes for that country, and so do
the outlets that rules/outlets.json names by country; each of these has one zone. Anything else has none: its
bare times of day are not moments.
"""

import json
from functools import cache
from importlib import resources
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
    """Return the zone of a site's local times, or None where it is not certain."""
    if site.zone:
        return site.zone
    country = country_of(site, url)
    return ZoneInfo(_ZONES[country.lower()]) if country and country.lower() in _ZONES else None


def country_of(site: Site, url: str) -> str | None:
    """Return the country whose way of writing dates the site follows (ISO 3166-1 alpha-2)."""
    if site.country:
        return site.country
    host = host_of(url)
    ending = host.rpartition(".")[2]
    return ending.upper() if ending in _ZONES else _outlets().get(".".join(host.split(".")[-2:]))


@cache
def _outlets() -> dict[str, str]:
    """Return domain -> country, for known outlets under endings that belong to no country."""
    text = resources.files("crawler.extraction").joinpath("rules/outlets.json").read_text("utf-8")
    return {domain: country for country, domains in json.loads(text).items() for domain in domains}
