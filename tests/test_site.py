import pickle
from typing import Any

import pytest

from crawler.site import Site, unknown_site

GOOD: dict[str, Any] = {
    "name": "barada",
    "domain": "barada.example",
    "outlet_ar": "بردى",
    "outlet_en": "Barada",
    "country": "SY",
    "timezone": "Asia/Damascus",
    "selectors": {"title": "h1"},
}

WRONG: list[tuple[str, Any]] = [
    ("name", "Barada News"),
    ("name", ""),
    ("name", "24"),
    ("name", "../etc"),
    ("domain", "https://barada.example/"),
    ("domain", "www.barada.example"),
    ("domain", "بردى.example"),
    ("outlet_ar", " "),
    ("outlet_en", ""),
    ("country", "Syria"),
    ("timezone", "Asia/Nowhere"),
    ("timezone", "../../etc/passwd"),
    ("languages", ()),
    ("languages", ("Arabic",)),
    ("article_url", "("),
    ("selectors", {"headline": "h1"}),
    ("expected_yield", -1),
    ("checked", "certainly"),
]


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_a_wrong_value_is_named(field: str, value: Any) -> None:
    with pytest.raises(ValueError, match=field):
        Site(**{**GOOD, field: value})


def test_a_site_travels_to_a_lane_and_back() -> None:
    site = Site(**GOOD)
    assert pickle.loads(pickle.dumps(site)) == site  # noqa: S301 - our own bytes


def test_selectors_cannot_be_changed_afterwards() -> None:
    with pytest.raises(TypeError):
        Site(**GOOD).selectors["title"] = "h2"  # type: ignore[index]


@pytest.mark.parametrize(
    ("netloc", "name", "domain"),
    [
        ("www.barada.example", "barada_example", "barada.example"),
        ("127.0.0.1:8001", "127_0_0_1-8001", "127.0.0.1"),
        ("xn--mgbh0fb.xn--kgbechtv", "xn--mgbh0fb_xn--kgbechtv", "xn--mgbh0fb.xn--kgbechtv"),
    ],
)
def test_an_unknown_site_is_named_after_its_host(netloc: str, name: str, domain: str) -> None:
    site = unknown_site(netloc)
    assert (site.name, site.domain) == (name, domain)


@pytest.mark.parametrize("netloc", ["", ":80", "a b", "-x-", "host:port"])
def test_no_host_no_site(netloc: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whichever part of it is wrong
        unknown_site(netloc)
