"""robots.txt as bytes, and what each of them allows (RFC 9309)."""

import codecs

import pytest

from crawler.politeness.robots_rules import RobotsRules

SITE = "https://news.example"


def allowed(body: bytes | str, path: str, *, agent: str = "Warraq", charset: str | None = None) -> bool:
    body = body.encode() if isinstance(body, str) else body
    return RobotsRules(body, charset=charset).allowed(SITE + path, agent)


@pytest.mark.parametrize(
    ("name", "binds"),
    [
        ("Warraq", True),
        ("warraq", True),
        ("WARRAQ", True),
        ("Warraq/0.1", True),
        ("Warraq/0.1 (+https://archive.example/)", True),
        ("Warraq Bot", True),
        ("Warraq\tBot", True),
        ("Warraq, Other", True),
        ("Other, Warraq", True),
        ("Warraq*", True),
        ("Warraq # the archive", True),
        ("*", True),
        ("* everybody", True),
        ("War", False),
        ("Warraq-News", False),
        ("WarraqNews", False),
        ("MyWarraq", False),
        ("Mozilla/5.0 (compatible; Warraq/0.1)", False),  # the product token is Mozilla
        ("*Warraq", False),
        ("\u0648\u0631\u0651\u0627\u0642", False),
        ("", False),
    ],
)
def test_product_tokens(name: str, binds: bool) -> None:  # noqa: FBT001
    assert allowed(f"User-agent: {name}\nDisallow: /b/\n", "/b/1") is not binds


@pytest.mark.parametrize(
    ("agent", "bound"),
    [
        ("Warraq/0.2 (+https://x.example)", True),
        ("warraq", True),
        ("War", False),
        ("Warraqa", False),
        ("", False),
    ],
)
def test_the_crawler_is_known_by_its_product_token(agent: str, bound: bool) -> None:  # noqa: FBT001
    assert allowed("User-agent: Warraq\nDisallow: /\n", "/", agent=agent) is not bound


@pytest.mark.parametrize(
    ("lines", "path", "expected"),
    [
        # the group that names the crawler counts alone, wherever it stands
        (("User-agent: *", "Disallow: /", "User-agent: Warraq", "Disallow: /b/"), "/a", True),
        (("User-agent: Warraq", "Disallow: /b/", "User-agent: *", "Disallow: /"), "/a", True),
        # two groups with one name are one group
        (("User-agent: Warraq", "Disallow: /a", "User-agent: Warraq/0.1", "Disallow: /b"), "/b", False),
        # lines of other kinds end no run of User-agent lines (section 2.2.4)
        (("User-agent: Warraq", "Crawl-delay: 5", "User-agent: Other", "Disallow: /"), "/a", False),
        (("User-agent: Warraq", "Sitemap: /s.xml", "User-agent: Other", "Disallow: /"), "/a", False),
        (("User-agent: Warraq", "Host: x.example", "User-agent: Other", "Disallow: /"), "/a", False),
        (("User-agent: Warraq", "Anything: else", "", "User-agent: Other", "Disallow: /"), "/a", False),
        (("User-agent: Warraq", "<br>", "User-agent: Other", "Disallow: /"), "/a", False),
        # rules do, those without a value as well
        (("User-agent: Warraq", "Disallow:", "User-agent: Other", "Disallow: /"), "/a", True),
        (("User-agent: Warraq", "Allow:", "User-agent: Other", "Disallow: /"), "/a", True),
        (("User-agent: Warraq", "Disallow: /b", "User-agent:", "Disallow: /"), "/a", True),
        # rules before the first group bind no crawler
        (("Disallow: /", "User-agent: Warraq", "Disallow: /b"), "/a", True),
        # ways of writing a line
        (("user-agent warraq", "disallow /"), "/a", False),
        (("USER-AGENT : warraq", "DISALLOW : /"), "/a", False),
        (("  useragent:warraq", "\tdisalow:/"), "/a", False),
        (("User-agent: Warraq", "Disallow: /a # and below"), "/a/1", False),
        (("User-agent: Warraq", "Disallowed: /"), "/a", True),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_groups(lines: tuple[str, ...], path: str, expected: bool, end: str) -> None:  # noqa: FBT001
    assert allowed(end.join(lines), path) is expected


@pytest.mark.parametrize(
    ("rules", "path", "expected"),
    [
        ("Disallow: /", "/", False),
        ("Disallow: /", "/robots.txt", True),
        ("Disallow: /a", "", True),
        ("Disallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("Allow: /a\nDisallow: /a", "/a", True),
        ("Disallow: /a\nAllow: /a", "/a", True),
        ("Disallow: /*.pdf$", "/x/y.pdf", False),
        ("Disallow: /*.pdf$", "/x/y.pdf?page=2", True),
        ("Disallow: /*/print", "/a/b/print", False),
        ("Disallow: /*a*b*c", "/xaxbxcx", False),
        ("Disallow: /*a*b*c$", "/xaxbxcx", True),
        ("Disallow: /ab*b$", "/ab", True),  # the two parts must not overlap
        ("Disallow: *", "/", False),
        ("Disallow: /?s=", "/?s=x", False),
        ("Disallow: /?", "/?", False),
        ("Disallow: /?", "/", True),
        ("Allow: /in/index.html\nDisallow: /", "/in/", True),
        ("Disallow: /in/index.html", "/in/", True),
        # one spelling for both sides (section 2.2.2)
        ("Disallow: /\u0628\u062d\u062b", "/%D8%A8%D8%AD%D8%AB/1", False),
        ("Disallow: /%d8%a8%d8%ad%d8%ab", "/%D8%A8%D8%AD%D8%AB/1", False),
        ("Disallow: /\u0628", "/\u0628", False),
        ("Disallow: /%62%61%7A", "/baz", False),
        ("Disallow: /baz", "/%62%61%7a", False),
        ("Disallow: /a%3Fb", "/a?b", True),
        ("Disallow: /a b", "/a%20b", False),
        ("Disallow: /a%2Ab", "/a*b", False),
        ("Disallow: /a%2Ab", "/axb", True),
        ("Disallow: /a%24", "/a$1", False),
        ("Disallow: /%C8%CD%CB", "/%c8%cd%cb", False),  # bytes of windows-1256
        ("Disallow: /%C8%CD%CB", "/%C7%CD%CA", True),
        ("Disallow: /\u2028x", "/", True),
    ],
)
def test_patterns(rules: str, path: str, expected: bool) -> None:  # noqa: FBT001
    assert allowed(f"User-agent: *\n{rules}\n", path) is expected


SEARCH = "User-agent: *\nDisallow: /\u0628\u062d\u062b\n"  # a path of Arabic letters
UTF_8, WINDOWS_1256 = "/%D8%A8%D8%AD%D8%AB/1", "/%C8%CD%CB/1"  # two ways of asking for it


@pytest.mark.parametrize(
    ("body", "charset", "forbidden"),
    [
        (SEARCH.encode(), None, {UTF_8}),
        (SEARCH.encode(), "windows-1256", {UTF_8}),  # the bytes say more than the header
        (SEARCH.encode("cp1256"), None, {UTF_8, WINDOWS_1256}),
        (SEARCH.encode("cp1256"), "utf-8", {UTF_8, WINDOWS_1256}),
        (SEARCH.encode("cp1256"), "no-charset", {UTF_8, WINDOWS_1256}),
        (SEARCH.encode("iso8859-6"), "iso-8859-6", {UTF_8, WINDOWS_1256}),  # the same letters
        (codecs.BOM_UTF8 + SEARCH.encode(), None, {UTF_8}),
        (SEARCH.encode("utf-16"), None, {UTF_8}),
        (codecs.BOM_UTF16_BE + SEARCH.encode("utf-16-be"), None, {UTF_8}),
        (SEARCH.encode("utf-16-le"), None, {UTF_8}),
        (SEARCH.encode("utf-16-be"), None, {UTF_8}),
        (SEARCH.encode("utf-16-le") + b"\n", None, {UTF_8}),  # an odd number of bytes
        (codecs.BOM_UTF8[:2] + SEARCH.encode(), None, {UTF_8}),
        (codecs.BOM_UTF8[:1] + SEARCH.encode(), None, {UTF_8}),
        ("# \u0628\u062d\u062b\n".encode("cp1256") + SEARCH.encode(), None, {UTF_8}),  # one line is not UTF-8
    ],
)
def test_encodings(body: bytes, charset: str | None, forbidden: set[str]) -> None:
    paths = {UTF_8, WINDOWS_1256, "/", "/%D8%A8", "/news/1"}
    assert {path for path in paths if not allowed(body, path, charset=charset)} == forbidden


@pytest.mark.parametrize(
    ("lines", "seconds"),
    [
        ("User-agent: *\nCrawl-delay: 5", 5.0),
        ("User-agent: Warraq/0.1\nCrawl-delay: 2.5", 2.5),
        ("User-agent: *\nCrawl-delay: 5\nUser-agent: Warraq\nDisallow: /a", None),
        ("User-agent: *\nCrawl-delay: soon", None),
        ("User-agent: *\nCrawl-delay: -1", None),
        ("User-agent: *\nCrawl-delay: inf", None),
        ("User-agent: *\nDisallow: /a\ncrawl delay 7", 7.0),
        ("", None),
    ],
)
def test_crawl_delay(lines: str, seconds: float | None) -> None:
    assert RobotsRules(lines.encode()).crawl_delay("Warraq") == seconds


@pytest.mark.parametrize(
    "body",
    [b"\0" * 512_000, b"<html>" * 80_000, b"\xff\xfe", b":", b"User-agent: *\nDisallow: " + b"*a" * 250_000],
)
def test_hostile_files_allow_and_take_little_time(body: bytes) -> None:
    assert allowed(body, "/" + "a" * 2_000 + "b")
