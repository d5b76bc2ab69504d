"""The tools that are measured: this project in this process, the others in an environment of their own."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.extraction.pages import Known
from benchmarks.extraction.peer_worker import TOOLS
from benchmarks.extraction.scores import Answer
from crawler.extraction import extract, warm
from crawler.items import Article, Page
from crawler.site import Site, unknown_site

OURS = "warraq"
PEERS = tuple(TOOLS)
_WORKER = Path(__file__).with_name("peer_worker.py")
_MAX_SECONDS = 1_800  # that one tool may take over all pages


def ours(pages: list[Known], runs: int) -> list[Answer]:
    """Return this project's answers; the CPU time is the mean of `runs` further readings."""
    warm()
    return [_our_answer(known, runs) for known in pages]


def theirs(tool: str, pages: list[Known], python: Path, runs: int) -> list[Answer]:
    """Return a peer's answers. Raises CalledProcessError where the tool does not even start."""
    with tempfile.TemporaryDirectory() as folder:
        listed, answered = Path(folder, "pages.json"), Path(folder, "answers.json")
        listed.write_text(json.dumps([[str(known.path), known.url] for known in pages]), "utf-8")
        command = [str(python), str(_WORKER), tool, str(listed), str(answered), str(runs)]
        result = subprocess.run(command, check=False, capture_output=True, text=True, timeout=_MAX_SECONDS)
        if result.returncode:
            sys.stderr.write(result.stderr[-2000:])
            result.check_returncode()
        values: list[dict[str, Any]] = json.loads(answered.read_text("utf-8"))
    return [answer_of(value) for value in values]


def page_of(known: Known) -> Page:
    """Return a known page as a crawl would bring it."""
    return Page(
        url=known.url,
        body=known.body,
        http_status=200,
        content_type=None,
        fetched_at=known.fetched_at,
    )


def site_of(known: Known) -> Site:
    """Return what a crawl would know of the page's site: nothing, or what the answer describes."""
    unknown = unknown_site(urlsplit(known.url).netloc)
    if not known.site:
        return unknown
    return Site(
        name=unknown.name,
        domain=unknown.domain,
        outlet_ar=unknown.outlet_ar,
        outlet_en=unknown.outlet_en,
        **known.site,
    )


def _our_answer(known: Known, runs: int) -> Answer:
    page, site = page_of(known), site_of(known)
    article = extract(page, site)
    before = time.process_time()
    for _ in range(runs):
        extract(page, site)
    cpu_ms = (time.process_time() - before) / runs * 1000 if runs else 0.0
    if not isinstance(article, Article):
        return Answer(
            cpu_ms=cpu_ms, error="" if known.text is None else f"{article.reason}: {article.detail}"
        )
    exact = article.published_precision != "day"
    moment = article.published.isoformat() if article.published else None
    return Answer(
        text=article.text,
        title=article.title,
        authors=tuple(article.authors),
        published=moment if exact or moment is None else moment[: len("2020-01-27")],
        section=tuple(article.section),
        agency=article.agency or "",
        dateline=article.dateline or "",
        cpu_ms=cpu_ms,
    )


def answer_of(values: dict[str, Any]) -> Answer:
    """Return an answer that a tool wrote as JSON."""
    return Answer(
        text=values.get("text", ""),
        title=values.get("title", ""),
        authors=tuple(values.get("authors", ())),
        published=values.get("published"),
        section=tuple(filter(None, values.get("section", ()))),
        agency=values.get("agency") or "",
        dateline=values.get("dateline") or "",
        cpu_ms=values.get("cpu_ms", 0.0),
        error=values.get("error", ""),
    )
