"""One spelling for each URL. Pure."""

from urllib.parse import urljoin, urlsplit

from crawler.errors import InvalidUrlError


def ascii_url(url: str) -> str:
    """The URL as RFC 3986 wants it: host in punycode, path and query percent-encoded as UTF-8.

    Raises InvalidUrlError for what is no absolute http or https URL.
    """
    raise InvalidUrlError(url)


def canonical_url(url: str) -> str:
    """One ASCII spelling for all spellings of a page's address: for keys and comparison, not for fetching.

    Raises InvalidUrlError.
    """
    return ascii_url(url)


def host_of(url: str) -> str:
    """The ASCII host in lower case without port, or an empty string."""
    return (urlsplit(url).hostname or "").lower()


def absolute(base: str, reference: str) -> str | None:
    """A reference found on a page as an absolute ASCII URL, or None where it leads to no page."""
    try:
        return ascii_url(urljoin(base, reference.strip()))
    except (InvalidUrlError, ValueError):
        return None
