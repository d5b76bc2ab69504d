"""Which URLs belong to a site, and which of them look like articles."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """The bounds of one site."""

    domain: str  # ASCII host; its subdomains belong to the site
    article_url: str | None = None  # regular expression searched in the decoded URL; None: told by its shape

    def on_site(self, url: str) -> bool:
        raise NotImplementedError

    def is_article(self, url: str) -> bool:
        raise NotImplementedError


_ = re
