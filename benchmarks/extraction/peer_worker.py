"""Run one tool over a list of pages. Started in the peers' own environment, without this project.

Arguments: the tool's name, a JSON list of [path, url], the file to write the JSON list of answers to, and how
many further readings of each page to time.
"""

import gzip
import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

Reader = Callable[[bytes, str], dict[str, Any]]


def _trafilatura(**options: Any) -> Reader:
    bare_extraction = import_module("trafilatura").bare_extraction

    def read(body: bytes, url: str) -> dict[str, Any]:
        found = bare_extraction(body, url=url, with_metadata=True, include_comments=False, **options)
        if found is None:
            return {}
        return {
            "text": found.text or "",
            "title": found.title or "",
            "authors": [name.strip() for name in (found.author or "").split(";") if name.strip()],
            "published": found.date,
            "section": list(found.categories or ()),
        }

    return read


def _newspaper() -> Reader:
    newspaper = import_module("newspaper")

    def read(body: bytes, url: str) -> dict[str, Any]:
        article = newspaper.Article(url, language="ar", fetch_images=False)
        article.download(input_html=body.decode("utf-8", "replace"))
        article.parse()
        return {
            "text": article.text or "",
            "title": article.title or "",
            "authors": list(article.authors or ()),
            "published": article.publish_date.isoformat() if article.publish_date else None,
            "section": [article.meta_data.get("article", {}).get("section", "")] if article.meta_data else [],
        }

    return read


def _newsplease() -> Reader:
    newsplease = import_module("newsplease").NewsPlease

    def read(body: bytes, url: str) -> dict[str, Any]:
        article = newsplease.from_html(body.decode("utf-8", "replace"), url=url, fetch_images=False)
        published = getattr(article, "date_publish", None)
        return {
            "text": getattr(article, "maintext", None) or "",
            "title": getattr(article, "title", None) or "",
            "authors": list(getattr(article, "authors", None) or ()),
            "published": published.isoformat() if published else None,
            "section": [],
        }

    return read


def _readability() -> Reader:
    fromstring = import_module("lxml.html").fromstring
    readability = import_module("readability")

    def read(body: bytes, url: str) -> dict[str, Any]:
        document = readability.Document(body.decode("utf-8", "replace"), url=url)
        summary = fromstring(document.summary())
        return {"text": summary.text_content(), "title": document.short_title()}

    return read


def _goose() -> Reader:
    stopwords = import_module("goose3.text").StopWordsArabic
    goose = import_module("goose3").Goose({"stopwords_class": stopwords, "enable_image_fetching": False})

    def read(body: bytes, url: str) -> dict[str, Any]:
        article = goose.extract(url=url, raw_html=body.decode("utf-8", "replace"))
        published = article.publish_datetime_utc
        return {
            "text": article.cleaned_text or "",
            "title": article.title or "",
            "authors": list(article.authors or ()),
            "published": published.isoformat() if published else None,
        }

    return read


def _resiliparse() -> Reader:
    extract_plain_text = import_module("resiliparse.extract.html2text").extract_plain_text
    detect_encoding = import_module("resiliparse.parse.encoding").detect_encoding
    tree_of = import_module("resiliparse.parse.html").HTMLTree.parse_from_bytes

    def read(body: bytes, url: str) -> dict[str, Any]:
        tree = tree_of(body, detect_encoding(body))
        return {"text": extract_plain_text(tree, main_content=True), "title": tree.title or "", "url": url}

    return read


TOOLS: dict[str, Callable[[], Reader]] = {
    "trafilatura": _trafilatura,
    "trafilatura-fast": lambda: _trafilatura(fast=True),
    "trafilatura-precision": lambda: _trafilatura(favor_precision=True),
    "trafilatura-recall": lambda: _trafilatura(favor_recall=True),
    "newspaper4k": _newspaper,
    "news-please": _newsplease,
    "readability-lxml": _readability,
    "goose3": _goose,
    "resiliparse": _resiliparse,
}


def answers(tool: str, pages: list[tuple[str, str]], runs: int) -> list[dict[str, Any]]:
    """Return one answer a page with the CPU time of one reading; an exception is the tool's answer, too."""
    read = TOOLS[tool]()
    found = []
    for path, url in pages:
        body = Path(path).read_bytes()
        if path.endswith(".gz"):
            body = gzip.decompress(body)
        try:
            answer = read(body, url)
            before = time.process_time()
            for _ in range(runs):
                read(body, url)
            answer["cpu_ms"] = (time.process_time() - before) / runs * 1000 if runs else 0.0
        except Exception as error:  # noqa: BLE001  any exception of a tool is its result on this page
            answer = {"error": f"{type(error).__name__}: {error}"[:200]}
        found.append(answer)
    return found


if __name__ == "__main__":
    _, name, pages_file, answers_file, runs_given = sys.argv
    listed = json.loads(Path(pages_file).read_text("utf-8"))
    Path(answers_file).write_text(
        json.dumps(answers(name, listed, int(runs_given)), ensure_ascii=False), "utf-8"
    )
