"""The texts are what the tests of the whole crawler lean on, so they must be sound themselves."""

import re
from datetime import UTC

import pytest

from crawler.demo.outlet import Outlet
from crawler.demo.outlets import OUTLETS, expected
from crawler.demo.story import Story

STORIES = [
    pytest.param(outlet, story, id=f"{outlet.key}-{story.number}")
    for outlet in OUTLETS.values()
    for story in outlet.stories
]


@pytest.mark.parametrize("outlet", OUTLETS.values(), ids=OUTLETS)
def test_each_paper_has_distinct_stories_newest_first(outlet: Outlet) -> None:
    assert len(outlet.stories) >= 10
    for values in (
        [story.number for story in outlet.stories],
        [story.slug for story in outlet.stories],
        [story.title for story in outlet.stories],
        outlet.article_urls(),
    ):
        assert len(set(values)) == len(outlet.stories)
    moments = [story.published for story in outlet.stories]
    assert moments == sorted(moments, reverse=True)
    assert {story.section for story in outlet.stories} == {section.slug for section in outlet.sections}


@pytest.mark.parametrize("outlet", OUTLETS.values(), ids=OUTLETS)
def test_one_story_belongs_to_another_month_in_utc(outlet: Outlet) -> None:
    assert any(story.published.month != story.published.astimezone(UTC).month for story in outlet.stories)


def test_no_paragraph_is_used_twice() -> None:
    paragraphs = [
        text for outlet in OUTLETS.values() for story in outlet.stories for text in story.paragraphs
    ]
    assert len(set(paragraphs)) == len(paragraphs)


@pytest.mark.parametrize(("outlet", "story"), STORIES)
def test_a_story_is_a_news_text(outlet: Outlet, story: Story) -> None:
    assert 4 <= len(story.paragraphs) <= 8
    assert 120 <= len(" ".join(story.paragraphs).split()) <= 350
    assert story.published.utcoffset() == outlet.zone.utcoffset(story.published.replace(tzinfo=None))
    assert story.modified is None or story.modified > story.published
    for text in (story.title, *(block.text for block in story.blocks)):
        assert text == " ".join(text.split())
        assert text.count("«") == text.count("»")
        assert not re.search(r"[A-Za-z?;,]", text)
    assert not any(phrase in text for phrase in outlet.boilerplate for text in story.paragraphs)


@pytest.mark.parametrize(("outlet", "story"), STORIES)
def test_letters_are_of_the_language(outlet: Outlet, story: Story) -> None:
    persian = re.compile("[پچژگیک]")
    assert all(bool(persian.search(text)) is (story.language == "fa") for text in story.paragraphs)


def test_expected_answers_speak_of_the_origin_asked() -> None:
    outlet = OUTLETS["wadi"]
    answers = expected(outlet, "https://127.0.0.1:8443")
    assert [answer["url"] for answer in answers] == outlet.article_urls("https://127.0.0.1:8443")
    assert all(answer["url"].startswith("https://127.0.0.1:8443/") for answer in answers)
    assert [answer["published"] for answer in answers] == [story.published for story in outlet.stories]
