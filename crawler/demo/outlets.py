"""The demo newspapers, and the articles that must be read out of their pages."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from crawler.demo import handmade, handmade_page, jannah, jannah_page, plain, plain_page, tables, tables_page
from crawler.demo.outlet import Outlet, Section
from crawler.demo.story import load_stories

BARADA = Outlet(
    key="barada",
    host="barada.example",
    name_ar="ضفاف بردى",
    name_en="Barada Banks",
    country="SY",
    timezone="Asia/Damascus",
    sections=(
        Section(slug="local", name="محليات"),
        Section(slug="culture", name="ثقافة وفن"),
        Section(slug="economy", name="اقتصاد"),
        Section(slug="science", name="علوم وصحة"),
    ),
    stories=load_stories("barada", ZoneInfo("Asia/Damascus")),
    shape=jannah,
    boilerplate=jannah_page.BOILERPLATE,
)

WADI = Outlet(
    key="wadi",
    host="wadi.example",
    name_ar="نداء الوادي",
    name_en="Wadi Call",
    country="EG",
    timezone="Africa/Cairo",
    sections=(
        Section(slug="local", name="أخبار الوادي"),
        Section(slug="economy", name="اقتصاد وزراعة"),
        Section(slug="culture", name="ثقافة"),
        Section(slug="health", name="صحة"),
        Section(slug="sport", name="رياضة"),
    ),
    stories=load_stories("wadi", ZoneInfo("Africa/Cairo")),
    shape=tables,
    boilerplate=tables_page.BOILERPLATE,
)

NAKHLA = Outlet(
    key="nakhla",
    host="nakhla.example",
    name_ar="ظل النخلة",
    name_en="Palm Shade",
    country="IQ",
    timezone="Asia/Baghdad",
    sections=(
        Section(slug="local", name="محليات"),
        Section(slug="economy", name="اقتصادي"),
        Section(slug="culture", name="ثقافي"),
        Section(slug="sport", name="رياضي"),
        Section(slug="misc", name="منوعات"),
    ),
    stories=load_stories("nakhla", ZoneInfo("Asia/Baghdad")),
    shape=plain,
    boilerplate=plain_page.BOILERPLATE,
)

ZAYTOUN = Outlet(
    key="zaytoun",
    host="zaytoun.example",
    name_ar="صدى الزيتون",
    name_en="Olive Echo",
    country="TN",
    timezone="Africa/Tunis",
    sections=(
        Section(slug="local", name="جهات"),
        Section(slug="economy", name="اقتصاد"),
        Section(slug="culture", name="ثقافة"),
    ),
    stories=load_stories("zaytoun", ZoneInfo("Africa/Tunis")),
    shape=handmade,
    boilerplate=handmade_page.BOILERPLATE,
)

OUTLETS: Mapping[str, Outlet] = MappingProxyType(
    {outlet.key: outlet for outlet in (BARADA, WADI, NAKHLA, ZAYTOUN)}
)


def expected(outlet: Outlet, origin: str | None = None) -> list[dict[str, Any]]:
    """Return the fields of each article, newest first; times are aware datetimes in the outlet's zone.

    `text` are the paragraphs, `optional` the sub-headings, which an extraction may keep or omit, and
    `must_not_contain` other text of the page. `origin` is the scheme and authority of the requests.
    """
    return [
        {
            "url": outlet.url(story, origin),
            "title": story.title,
            "subtitle": story.subtitle,
            "text": list(story.paragraphs),
            "optional": list(story.headings),
            "authors": list(story.authors),
            "agency": story.agency,
            "dateline": story.dateline,
            "section": [outlet.section_name(story.section)],
            "tags": list(story.tags),
            "published": story.published,
            "modified": story.modified,
            "language": story.language,
            "must_not_contain": list(outlet.boilerplate),
        }
        for story in outlet.stories
    ]
