"""How the tests ask a source: one answer in, its findings out."""

from collections.abc import Iterator, Mapping

from crawler.discovery.scope import Scope
from crawler.discovery.source import Answer, Finding, Lookup, Refusal, Source, Window
from crawler.items import Candidate

SITE = "https://paper.example"
SCOPE = Scope(domain="paper.example")


def first(source: Source, window: Window = Window()) -> Lookup:  # noqa: B008 - a frozen value
    (lookup,) = source.lookups(window)
    return lookup


def findings(
    source: Source,
    body: str | bytes,
    *,
    url: str | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    window: Window = Window(),  # noqa: B008 - a frozen value
    scope: Scope = SCOPE,
    lookup: Lookup | None = None,
) -> Iterator[Finding]:
    asked = lookup or first(source, window)
    content = body.encode() if isinstance(body, str) else body
    answer = Answer(url=url or asked.url, status=status, body=content, headers=headers or {})
    return asked.source.read(asked, answer, window, scope)


def candidates(found: Iterator[Finding] | list[Finding]) -> list[Candidate]:
    return [finding for finding in found if isinstance(finding, Candidate)]


def lookups(found: Iterator[Finding] | list[Finding]) -> list[Lookup]:
    return [finding for finding in found if isinstance(finding, Lookup)]


def reasons(found: Iterator[Finding] | list[Finding]) -> list[str]:
    return [finding.reason for finding in found if isinstance(finding, Refusal)]
