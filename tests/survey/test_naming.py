import pytest

from crawler.survey.naming import Names, names_of, site_name


@pytest.mark.parametrize(
    ("statements", "names"),
    [
        ([("ضفاف بردى", "Barada Banks")], Names(arabic="ضفاف بردى", english="Barada Banks")),
        ([("ظل النخلة كل الحقوق محفوظة",)], Names(arabic="ظل النخلة", english=None)),
        (
            [("لـنداء الوادي",), ("نداء الوادي", "الوادي اليوم")],
            Names(arabic="نداء الوادي", english=None, aliases=("الوادي اليوم",)),
        ),
        ([("Paper Group Holding", "Paper")], Names(arabic=None, english="Paper")),
        ([("www.paper.example", "https://x", "a@b.c", "", "x" * 90)], Names(arabic=None, english=None)),
        ([('صدى"\n\u202eالزيتون\\',)], Names(arabic="صدى الزيتون", english=None)),
        ([], Names(arabic=None, english=None)),
    ],
)
def test_names_come_from_pages(statements: list[tuple[str, ...]], names: Names) -> None:
    assert names_of(statements) == names


@pytest.mark.parametrize(
    ("domain", "name"),
    [
        ("stepagency-sy.net", "stepagency_sy"),
        ("okaz.com.sa", "okaz"),
        ("gate.ahram.org.eg", "gate_ahram"),
        ("barada.example", "barada_example"),
        ("127.0.0.1", "127_0_0_1"),
        ("xn--mgbh0fb.xn--kgbechtv", "xn_mgbh0fb_xn_kgbechtv"),
        ("com", "com"),
    ],
)
def test_a_site_is_named_after_its_host(domain: str, name: str) -> None:
    assert site_name(domain) == name
