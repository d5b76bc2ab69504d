"""The feed of a search, read by another library."""

from urllib.parse import quote

import feedparser

from tests.browse.opened import Room


def entries(room: Room, query: str) -> list[feedparser.FeedParserDict]:
    answer = room.get(f"/feed.atom?{query}", headers={"Accept-Language": "en"})
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/atom+xml"
    found = feedparser.parse(answer.body)
    assert not found.bozo
    assert found.version == "atom10"
    return list(found.entries)


def test_new_edited_and_taken_down_articles_are_entries(room: Room) -> None:
    found = entries(room, f"q={quote('المياه')}")
    kinds = {entry.tags[0].term for entry in found}
    assert {"new", "edited"} <= kinds
    [edited] = [entry for entry in found if entry.title.startswith("Edited: عدادات ذكية")]
    assert edited.title.endswith("ثلث الكمية")
    [new] = [entry for entry in found if entry.title.startswith("عدادات ذكية")]
    assert new.title.endswith("ربع الكمية")
    assert new.updated < edited.updated
    [taken] = [
        entry for entry in entries(room, f"q={quote('الصيدليات الخافرة')}") if entry.tags[0].term == "gone"
    ]
    assert taken.title.startswith("Taken down: خريطة")


def test_entries_have_unique_ids_and_lead_to_the_room_and_the_original(room: Room) -> None:
    found = entries(room, "")
    assert len({entry.id for entry in found}) == len(found) > 0
    for entry in found:
        links = {link.rel: link.href for link in entry.links}
        assert links["alternate"].startswith(f"{room.base}/article/")
        assert "://" in links["via"]
    moments = [entry.updated for entry in found]
    assert moments == sorted(moments, reverse=True)


def test_a_search_for_what_is_not_there_is_an_empty_feed(room: Room) -> None:
    assert entries(room, "q=zzzzzz") == []
