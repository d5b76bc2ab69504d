from zoneinfo import ZoneInfo

import pytest

from crawler.errors import UsageError
from crawler.options.arguments import argument_hint, parse_arguments

DAMASCUS = ZoneInfo("Asia/Damascus")


def test_a_day_is_the_outlets_day_and_until_includes_it() -> None:
    window = parse_arguments({"since": "2026-01-31", "until": "2026-01-31"}, zone=DAMASCUS).window
    assert window.since is not None
    assert window.until is not None
    assert window.since.isoformat() == "2026-01-31T00:00:00+03:00"
    assert window.until.isoformat() == "2026-02-01T00:00:00+03:00"


def test_a_moment_is_taken_as_it_is() -> None:
    window = parse_arguments({"since": "2026-01-31T18:00:00+02:00"}, zone=DAMASCUS).window
    assert window.since is not None
    assert window.since.isoformat() == "2026-01-31T18:00:00+02:00"


def test_nothing_said_means_no_bounds() -> None:
    run = parse_arguments({"_job": "4f2a", "since": None, "limit": None}, zone=None)
    assert (run.window.since, run.window.until, run.limit) == (None, None, None)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"since": "yesterday"}, "is not a date"),
        ({"since": "2026-02-30"}, "is not a date"),
        ({"until": "31/01/2026"}, "is not a date"),
        ({"until": "9999-12-31"}, "outside the years"),
        ({"since": "0001-01-01"}, "outside the years"),
        ({"": "x"}, "Unknown argument"),
        ({"site": "x"}, "'site'"),
        ({"since": "2026-02-01", "until": "2026-01-01"}, "before until"),
        ({"limit": "-5"}, "limit=-5"),
        ({"limit": "0"}, "limit=0"),
        ({"limit": "many"}, "is not a number"),
        ({"limit": ""}, "is not a number"),
        ({"sinse": "2026-01-01"}, "'sinse'"),
    ],
)
def test_what_has_no_meaning_is_refused_in_one_sentence(given: dict[str, str], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        parse_arguments(given, zone=None)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("--limit", "5"), ": write -a limit=5"),
        (("--limit=5", "N"), ": write -a limit=5"),
        (("-limit", "5"), ": write -a limit=5"),
        (("--since", "2026-01-01"), ": write -a since=2026-01-01"),
        (("--limits", "5"), ""),
    ],
)
def test_an_argument_written_as_an_option(words: tuple[str, str], hint: str) -> None:
    assert argument_hint(*words) == hint
