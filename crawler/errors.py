"""The errors that end a command with one sentence, and the reasons why a page or a list gave nothing."""

from enum import StrEnum


class WarraqError(Exception):
    """The base of every error whose message is one sentence for the user, shown without a traceback."""


class UsageError(WarraqError):
    """An argument or a setting has no meaning: an unknown site, a bad date. The exit code is 2."""


class ArchiveError(WarraqError):
    """The archive cannot be read or written: no such folder, no such bucket, refused key, full disk."""


class InvalidUrlError(WarraqError):
    """A text is not an absolute http or https URL."""


class Reason(StrEnum):
    """Why a page, an entry of a list, or a list gave nothing.

    The values stand in ledgers, statistics and reports, so they never change. Two more kinds of reason are
    not listed: `http-` with a status of 400 or more (`http_reason`), and the class name of an error that
    nothing here foresees. `crawler/report/words.json` holds the words for each in English and Arabic.
    """

    # a request that failed
    CONNECTION_LOST = "connection-lost"
    CONNECTION_REFUSED = "connection-refused"
    CUT_SHORT = "cut-short"
    DNS = "dns"
    HOST_BUSY = "host-busy"
    IGNORED = "ignored"
    PRIVATE_ADDRESS = "private-address"
    REDIRECT_LOOP = "redirect-loop"
    ROBOTS = "robots"
    ROBOTS_UNREACHABLE = "robots-unreachable"
    RUN_ENDED = "run-ended"
    TIMEOUT = "timeout"
    TOO_LARGE = "too-large"
    # a requisite that is not asked for
    HOST_FAILS = "host-fails"
    TOO_MANY_HOSTS = "too-many-hosts"
    # a page that is no article
    BAD_URL = "bad-url"
    BLOCK = "block"
    EMPTY = "empty"
    GIVEN_UP = "given-up"  # it was asked for during 30 days
    EXTRACTION_CRASH = "extraction-crash"
    EXTRACTION_TIMEOUT = "extraction-timeout"
    GALLERY = "gallery"
    LANGUAGE = "language"
    LIST = "list"
    NOT_HTML = "not-html"
    NO_TEXT = "no-text"
    NO_TITLE = "no-title"
    SEARCH = "search"
    SHORT = "short"
    SOFT_404 = "soft-404"
    STATIC = "static"
    STATUS = "status"
    # an article that is not stored
    DATE_UNKNOWN = "date-unknown"
    DROPPED = "dropped"  # by a pipeline of the user's own
    DUPLICATE_ADDRESS = "duplicate-address"
    DUPLICATE_TEXT = "duplicate-text"
    ERROR = "error"
    NOT_STORED = "not-stored"
    REDIRECT = "redirect"
    UNCHANGED = "unchanged"
    # an entry of a list, or a list, that is not followed
    BROKEN_ADDRESS = "broken-address"
    BROKEN_GZIP = "broken-gzip"
    BROKEN_XML = "broken-xml"
    ENTITY = "entity"
    LOOP = "loop"
    MOVED = "moved"
    NOTHING_NEW = "nothing-new"
    NOTHING_OLDER = "nothing-older"
    NOT_AN_ARTICLE = "not-an-article"
    NOT_AN_ARTICLE_ADDRESS = "not-an-article-address"
    NOT_A_FEED = "not-a-feed"
    NOT_A_SITEMAP = "not-a-sitemap"
    NOT_A_URL = "not-a-url"
    NO_ADDRESS = "no-address"
    NO_LINK = "no-link"
    NO_LINKS = "no-links"
    NO_WORDPRESS_API = "no-wordpress-api"
    OFF_SITE = "off-site"
    OUTSIDE_WINDOW = "outside-window"
    TOO_BIG = "too-big"
    TOO_DEEP = "too-deep"
    TOO_MANY_ELEMENTS = "too-many-elements"
    TOO_MANY_ENTRIES = "too-many-entries"
    TOO_MANY_FIELDS = "too-many-fields"
    TOO_MANY_LISTS = "too-many-lists"
    TOO_MANY_SITEMAPS = "too-many-sitemaps"


_PASSING = frozenset(
    {
        Reason.CONNECTION_LOST,
        Reason.CONNECTION_REFUSED,
        Reason.CUT_SHORT,
        Reason.DNS,
        Reason.HOST_BUSY,
        Reason.TIMEOUT,
        "http-429",
    }
)


# Reasons for which a page that a list calls an article gives none today and may give one another day: a
# maintenance page, an empty shell, a database that is down, a challenge, a consent wall.
_NO_ARTICLE_YET = frozenset(
    {Reason.BLOCK, Reason.EMPTY, Reason.NO_TEXT, Reason.NO_TITLE, Reason.SHORT, Reason.SOFT_404}
)
# The same, where a redirect led to the page: closed sites send all addresses to one page.
_ELSEWHERE = frozenset({Reason.LIST, Reason.SEARCH, Reason.STATIC})


def http_reason(status: int) -> str:
    """Return the reason for an answer with a status that is not 200, such as http-404."""
    return f"http-{status}"


def is_passing(reason: str) -> bool:
    """Return whether the failure is one of the moment: the site may well give the page another time."""
    return reason in _PASSING or reason.startswith("http-5")


def may_give_an_article(reason: str, *, redirected: bool) -> bool:
    """Return whether a page that gave no article for this reason may give one another time."""
    return reason in _NO_ARTICLE_YET or (redirected and reason in _ELSEWHERE)
