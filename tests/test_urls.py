import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.errors import InvalidUrlError
from crawler.urls import MAX_URL, absolute, ascii_url, canonical_url, host_of, is_private_host

NEWS = "%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1"  # أخبار

ASCII = [
    ("https://a.com", "https://a.com/"),
    ("HTTP://A.com/X", "http://a.com/X"),
    ("https://a.com/أخبار", f"https://a.com/{NEWS}"),
    ("https://a.com/%d8%a3", "https://a.com/%d8%a3"),  # an escape stays as it is
    ("https://a.com/%C3%CE", "https://a.com/%C3%CE"),  # windows-1256 too: the server may know no other
    ("https://a.com/100%", "https://a.com/100%25"),
    ("https://a.com/%zz", "https://a.com/%25zz"),
    ("https://a.com/a b", "https://a.com/a%20b"),
    ('https://a.com/"<>{}|^`', "https://a.com/%22%3C%3E%7B%7D%7C%5E%60"),
    ("https://a.com/?q=قدس&b[]=1", "https://a.com/?q=%D9%82%D8%AF%D8%B3&b%5B%5D=1"),
    ("https://a.com/p#أعلى", "https://a.com/p"),
    ("  https://a.com/p\n", "https://a.com/p"),
    ("\u200fhttps://a.com/p\u200f", "https://a.com/p"),
    ("https://a.com/a\tb\r\nc", "https://a.com/abc"),
    ("https:\\\\a.com\\p?q=\\", "https://a.com/p?q=%5C"),
    ("https://a.com\\@b.com/", "https://a.com/@b.com/"),  # as browsers read it
    ("https://صحيفة.مصر/", "https://xn--ogbhx3c3b.xn--wgbh1c/"),
    ("https://XN--OGBHX3C3B.xn--wgbh1c/", "https://xn--ogbhx3c3b.xn--wgbh1c/"),
    ("https://%D8%B5%D8%AD%D9%8A%D9%81%D8%A9.مصر/", "https://xn--ogbhx3c3b.xn--wgbh1c/"),
    ("https://a_b.example.com/", "https://a_b.example.com/"),
    ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x"),
    ("http://１２７.０.０.１/", "http://127.0.0.1/"),  # full-width digits are digits to a resolver
    ("http://[2001:DB8::1]:81/", "http://[2001:db8::1]:81/"),
    ("http://a.com:/x", "http://a.com/x"),
    ("http://a.com:0443/x", "http://a.com:443/x"),
    ("http://localhost/x", "http://localhost/x"),
    ("http:/a.com/x", "http://a.com/x"),  # any number of slashes, as browsers read it
    ("https:a.com/x", "https://a.com/x"),
    ("https:///a.com/x", "https://a.com/x"),
    ("http:\\a.com\\x", "http://a.com/x"),
]

INVALID = [
    "",
    "a.com/x",
    "//a.com/x",
    "/x",
    "ftp://a.com/",
    "javascript:alert(1)",
    "mailto:a@b.com",
    "data:text/html,x",
    "https://",
    "https://user@a.com/",
    "https://user:secret@a.com/",
    "https://a..com/",
    "https://.a.com/",
    "https://a b.com/",
    "https://a.com:x/",
    "https://a.com:0/",
    "https://a.com:65536/",
    "https://a.com:٨٠/",
    "https://[::1/",
    "https://[x]/",
    "https://[::1]x/",
    "http://127.1/",
    "http://0x7f.1/",
    "http://2130706433/",
    "http://256.0.0.1/",
    "https://a.com/\x00x",
    "https://a.com/\x7fx",
    "https://a.com/\ud800",
    "https://\ud800.com/",
    "https://" + "a" * 64 + ".com/",
    "https://a.com/" + "a" * MAX_URL,
    "https://a.com/" + "أ" * (MAX_URL // 4),
]

# All addresses of a group are one.
SAME = [
    [
        "https://a.com/أخبار",
        f"https://a.com/{NEWS}",
        f"https://a.com/{NEWS.lower()}",
        f"http://A.com:80/{NEWS}/",
        f"https://a.com:443/{NEWS}/#comments",
        "https://a.com./أخبار?",
        "https://a.com/%C3%CE%C8%C7%D1",  # windows-1256
        "https://a.com/%c3%ce%c8%c7%d1?utm_source=x&fbclid=1",
        "https://a.com/\u0627\u0654خبار",  # hamza as a mark of its own
        "https://a.com/x/../أخبار",
        "https://a.com/./أخبار/.",
        "https://a.com/%2e/أخبار",
    ],
    ["https://صحيفة.مصر/", "https://xn--ogbhx3c3b.xn--wgbh1c", "http://XN--OGBHX3C3B.XN--WGBH1C/?&"],
    [
        "https://a.com/?p=123",
        "http://a.com?p=123",
        "https://a.com/?utm_medium=a&p=123&gclid=z",
        "https://a.com/?&p=123&",
    ],
    ["https://a.com/a-b~c", "https://a.com/%61%2Db%7ec"],
    ["https://a.com/?q=%C7%E1%DE%CF%D3", "https://a.com/?q=القدس"],
    ["https://a.com/%ff", "https://a.com/%FF"],
    ["https://a.com/x//", "https://a.com/x"],
]

# No two of these are one.
DIFFERENT = [
    "https://a.com/",
    "https://www.a.com/",
    "https://a.com:8080/",
    "https://a.com/a/b",
    "https://a.com/a%2Fb",
    "https://a.com/A/b",
    "https://a.com/a//b",
    "https://a.com/?p=1",
    "https://a.com/?p=2",
    "https://a.com/?p=1&q=2",
    "https://a.com/?q=2&p=1",
    "https://a.com/?p=1+1",
    "https://a.com/?p=1%2B1",
    "https://a.com/%E9",  # é of windows-1252, or anything: left alone
]


@pytest.mark.parametrize(("url", "expected"), ASCII)
def test_ascii(url: str, expected: str) -> None:
    assert ascii_url(url) == expected
    assert ascii_url(expected) == expected


@pytest.mark.parametrize("url", INVALID)
def test_invalid(url: str) -> None:
    with pytest.raises(InvalidUrlError):
        ascii_url(url)
    with pytest.raises(InvalidUrlError):
        canonical_url(url)


def test_what_is_no_address_has_no_host() -> None:
    assert {host_of(url) for url in ("", "/x", "ftp://a.com/", "https://user@a.com/", "http://127.1/")} == {
        ""
    }


def test_a_secret_is_not_repeated_in_the_message() -> None:
    with pytest.raises(InvalidUrlError) as caught:
        ascii_url("https://user:secret@a.com/")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("group", SAME, ids=lambda group: group[0])
def test_one_page_has_one_key(group: list[str]) -> None:
    assert len({canonical_url(url) for url in group}) == 1


def test_different_pages_have_different_keys() -> None:
    assert len({canonical_url(url) for url in DIFFERENT}) == len(DIFFERENT)


def test_a_host_has_one_spelling() -> None:
    assert host_of("https://WWW.صحيفة.مصر.:443/x") == "www.xn--ogbhx3c3b.xn--wgbh1c"
    assert host_of("http://[::1]:80/") == "[::1]"


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("c.html", "https://a.com/b/c.html"),
        (" \n/أخبار ", f"https://a.com/{NEWS}"),
        ("//b.com/x", "https://b.com/x"),
        ("?p=1", "https://a.com/b/?p=1"),
        ("#comments", "https://a.com/b/"),
        ("..\\x", "https://a.com/x"),
        ("https://b.com", "https://b.com/"),
        ("mailto:a@b.com", None),
        ("javascript:void(0)", None),
        ("tel:+963", None),
        ("https://[broken/", None),
        ("https://user@b.com/", None),
    ],
)
def test_reference(reference: str, expected: str | None) -> None:
    assert absolute("https://a.com/b/", reference) == expected


_PRIVATE = """
    localhost a.localhost LOCALHOST. 127.0.0.1 127.1 0x7f000001 2130706433 017700000001 10.1.2.3 172.16.0.1
    192.168.1.1 169.254.169.254 0.0.0.0 100.64.0.1 224.0.0.1 255.255.255.255 [::1] ::1 [::] fe80::1 fc00::1
    ::ffff:127.0.0.1"""


@pytest.mark.parametrize(
    "host",
    _PRIVATE.split(),
)
def test_private(host: str) -> None:
    assert is_private_host(host)


@pytest.mark.parametrize(
    "host", ["a.com", "8.8.8.8", "2606:4700::1111", "10.com", "localhost.com", "", "1.2.3.4.5"]
)
def test_not_private(host: str) -> None:
    assert not is_private_host(host)


_PIECES = st.lists(
    st.sampled_from(
        [*"ab/?#&=.:@%[]\\ +2eE;'", "%D8", "%a3", "%C3", "أ", "\u0654", "\u0327", "/..", "utm_a="]
    )
).map("".join)
_URLS = st.builds("https://{}/{}".format, st.sampled_from(["a.com", "صحيفة.مصر", "A.com:80"]), _PIECES)


@given(_URLS)
@example("https://a.com/%3C%CC%A7")  # a mark that would swallow the last digit of an escape
@example("https://a.com/%CD%BE")  # a Greek question mark, whose NFC is a semicolon
@example("https://a.com/%E2%84%AA")  # the Kelvin sign, whose NFC is a K
def test_spellings_are_stable(url: str) -> None:
    try:
        ascii_ = ascii_url(url)
    except InvalidUrlError:
        return
    assert ascii_.isascii()
    assert ascii_url(ascii_) == ascii_
    key = canonical_url(url)
    assert key.isascii()
    assert canonical_url(key) == key
    assert canonical_url(ascii_) == key


@given(st.text())
def test_any_text_is_an_address_or_refused(text: str) -> None:
    for url in (text, "https://" + text, "https://a.com/" + text):
        try:
            key = canonical_url(url)
        except InvalidUrlError:
            continue
        assert canonical_url(key) == key
    assert isinstance(host_of(text), str)
    assert isinstance(is_private_host(text), bool)
    reached = absolute("https://a.com/", text)
    assert reached is None or reached.isascii()
