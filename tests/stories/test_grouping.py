"""From pairs to stories: the order does not matter, ids stay, and round-ups join nothing."""

import random

from hypothesis import given
from hypothesis import strategies as st

from crawler.stories.grouping import grouped
from crawler.stories.pairs import Pair


def pair(first: int, second: int, shared: float = 20.0) -> Pair:
    low, high = sorted((first, second))
    return Pair(low, high, shared, 0.5, 0.5)


edges = st.lists(
    st.tuples(st.integers(0, 25), st.integers(0, 25)).filter(lambda edge: edge[0] != edge[1]),
    max_size=40,
    unique_by=lambda edge: (min(edge), max(edge)),
)


@given(edges, st.randoms(use_true_random=False))
def test_the_order_of_pairs_makes_no_difference(found: list[tuple[int, int]], chance: random.Random) -> None:
    shuffled = chance.sample(found, len(found))
    one = grouped([pair(*edge) for edge in found], {})
    other = grouped([pair(second, first) for first, second in shuffled], {})
    assert one == other


@given(edges)
def test_each_article_is_in_one_story_named_by_its_first(found: list[tuple[int, int]]) -> None:
    done = grouped([pair(*edge) for edge in found], {})
    members = [number for story in done.stories.values() for number in story]
    assert len(members) == len(set(members))
    for name, story in done.stories.items():
        assert name == min(story)
        assert story == sorted(story)
        assert len(story) > 1
    assert not set(done.round_ups) & set(members)


@given(edges)
def test_linked_articles_are_in_one_story(found: list[tuple[int, int]]) -> None:
    done = grouped([pair(*edge) for edge in found], {})
    story_of = {number: name for name, story in done.stories.items() for number in story}
    for first, second in found:
        if not {first, second} & set(done.round_ups):
            assert story_of[first] == story_of[second]


@given(edges, st.integers(0, 25))
def test_a_later_article_takes_no_id_from_a_story(found: list[tuple[int, int]], last: int) -> None:
    """Each id of the archive as it was is, later, an id or among the merged ones."""
    before = grouped([pair(*edge) for edge in found if max(edge) < last], {})
    after = grouped([pair(*edge) for edge in found], {})
    known = set(after.stories) | {each for ids in after.merged.values() for each in ids}
    lost = set(before.stories) - known
    if not set(after.round_ups):
        assert not lost


def test_a_merge_keeps_the_older_id_and_lists_the_other() -> None:
    done = grouped([pair(0, 4), pair(1, 2), pair(1, 5), pair(0, 5)], {})
    assert done.stories == {0: [0, 1, 2, 4, 5]}
    assert done.merged == {0: [1]}


def test_a_round_up_joins_no_stories() -> None:
    stories = [pair(0, 1), pair(2, 3), pair(4, 5)]
    round_up = [pair(6, each) for each in range(6)]
    done = grouped([*stories, *round_up], {})
    assert done.stories == {0: [0, 1], 2: [2, 3], 4: [4, 5]}
    assert done.round_ups == [6]


def test_a_round_up_that_was_captured_first_joins_none_either() -> None:
    done = grouped([pair(1, 2), pair(3, 4), pair(5, 6), *(pair(0, each) for each in range(1, 7))], {})
    assert sorted(done.stories) == [1, 3, 5]
    assert done.round_ups == [0]


def test_copies_follow_their_original() -> None:
    assert grouped([pair(0, 1)], {3: 1, 5: 4}).stories == {0: [0, 1, 3], 4: [4, 5]}
