"""A hook of MkDocs: check the links that leave docs/, and write them for the site.

A document links to a file of the repository as `[base.py](../settings/base.py)`, which works where the
documents are read in the repository. The site holds only docs/, so there such a link leads to the file in the
public repository (`repo_url` of mkdocs.yml); where that is not set, the link becomes plain text.
"""

import re
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
OUTWARD_LINK = re.compile(r"\[(?P<text>[^\]\n]+)\]\(\.\./(?P<path>[^)#\s]+)(?P<anchor>#[^)\s]*)?\)")


def on_page_markdown(markdown: str, *, page: Any, config: Any, **_others: object) -> str:
    """Return the page's Markdown with its outward links rewritten.

    Raises FileNotFoundError when a link names a file that the repository does not have.
    """

    def rewritten(link: re.Match[str]) -> str:
        if not (PROJECT / link["path"]).exists():
            message = f"{page.file.src_uri} links to ../{link['path']}, which is not there."
            raise FileNotFoundError(message)
        if not config.repo_url:
            return link["text"]
        address = f"{config.repo_url.rstrip('/')}/blob/main/{link['path']}{link['anchor'] or ''}"
        return f"[{link['text']}]({address})"

    return OUTWARD_LINK.sub(rewritten, markdown)
