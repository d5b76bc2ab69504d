"""The names and the numbers of the project's settings."""

import pytest
from scrapy.settings import Settings, default_settings

from crawler.errors import UsageError
from crawler.options.checks import OWN_SETTINGS, check_names
from settings import base


def test_every_setting_of_ours_is_known_by_name() -> None:
    own = {name for name in vars(base) if name.isupper() and not hasattr(default_settings, name)}
    assert own == OWN_SETTINGS


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("REQUISTES", "REQUISITES"),
        ("REQUISITE", "REQUISITES"),
        ("requisites", "REQUISITES"),
        ("ARCHVE", "ARCHIVE"),
        ("WARC_MAX_BITES", "WARC_MAX_BYTES"),
        ("RECHEKC", "RECHECK"),
    ],
)
def test_a_misspelled_setting_is_refused(name: str, meant: str) -> None:
    with pytest.raises(UsageError, match=f"There is no setting {name}. Did you mean {meant}"):
        check_names(Settings({name: "none"}))


@pytest.mark.parametrize(
    "name",
    [
        "REQUISITES",
        "LOG_LEVEL",
        "SPIDERMON_TELEGRAM_FAKE",
        "ZYTE_API_KEY",
        "MY_OWN",
        "PLAYWRIGHT_BROWSER_TYPE",
    ],
)
def test_settings_of_ours_of_scrapy_and_of_other_packages_pass(name: str) -> None:
    check_names(Settings({name: "x"}))
