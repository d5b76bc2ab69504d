"""The newspapers as they are later, and what the demo says at its end."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.demo.crawls import print_result
from crawler.demo.later import LOST, TAKEN_DOWN, later_outlets
from crawler.demo.outlets import OUTLETS
from crawler.demo.server import serve
from crawler.demo.sites import site_of
from crawler.storage.folder import FolderStorage
from tests.demo.asking import get

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
LATER = later_outlets(NOW)


def test_some_stories_are_edited_added_taken_down_and_lost() -> None:
    for key, outlet in LATER.items():
        before = {story.number: story for story in OUTLETS[key].stories}
        after = {story.number: story for story in outlet.stories}
        assert before.keys() < after.keys()
        assert [story.published for story in outlet.stories] == sorted(
            (story.published for story in outlet.stories), reverse=True
        )
        changed = [number for number in before if before[number] != after[number]]
        assert all(after[number].modified == NOW for number in changed)
    quirks = [story.quirk for outlet in LATER.values() for story in outlet.stories]
    assert (quirks.count(TAKEN_DOWN), quirks.count(LOST)) == (1, 1)


def test_one_story_is_in_three_papers_in_the_words_of_one() -> None:
    texts = [
        {word for paragraph in story.paragraphs for word in paragraph.split()}
        for outlet in LATER.values()
        for story in outlet.stories
        if "مذنب" in story.title
    ]
    assert len(texts) == 3
    assert all(len(texts[0] & other) > 50 for other in texts[1:])


def test_added_and_edited_texts_are_news_texts() -> None:
    for key, outlet in LATER.items():
        for story in set(outlet.stories) - set(OUTLETS[key].stories):
            if story.quirk in {TAKEN_DOWN, LOST}:
                continue
            assert 4 <= len(story.paragraphs) <= 8
            assert 120 <= len(" ".join(story.paragraphs).split()) <= 350
            for text in (story.title, *story.paragraphs):
                assert text == " ".join(text.split())
                assert text.count("«") == text.count("»")
                assert not re.search(r"[A-Za-z?;,]", text)


@pytest.mark.parametrize(("quirk", "status"), [(TAKEN_DOWN, 410), (LOST, 404)])
def test_what_is_gone_has_no_page(quirk: str, status: int) -> None:
    with serve(LATER.values()) as stand:
        [url] = [
            outlet.url(story) for outlet in LATER.values() for story in outlet.stories if story.quirk == quirk
        ]
        assert get(stand, url).status == status


def test_an_edited_page_shows_the_edit() -> None:
    outlet = LATER["barada"]
    story = next(story for story in outlet.stories if story.title.endswith("ثلث الكمية"))
    with serve([outlet]) as stand:
        body = get(stand, outlet.url(story)).body.decode()
    assert story.title in body
    assert "ربع الكمية" not in body


@pytest.mark.parametrize("key", OUTLETS)
def test_the_papers_are_described_sites(key: str) -> None:
    site = site_of(OUTLETS[key])
    assert (site.outlet_ar, site.country) == (OUTLETS[key].name_ar, OUTLETS[key].country)


@pytest.mark.parametrize(("default", "command"), [(True, "browse\n"), (False, "browse {}\n")])
def test_the_demo_ends_by_naming_the_reading_room(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, *, default: bool
) -> None:
    storage = FolderStorage(tmp_path)
    print_result(storage, [], default=default)
    assert capsys.readouterr().out.endswith(command.format(storage.address))
