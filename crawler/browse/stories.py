"""The stories of the archive, as `scrapy stories` wrote them: read again when they were written again."""

import threading
import time
from dataclasses import dataclass, field

from crawler.storage import Storage
from crawler.stories.reading import Stories, Story, read_summary

_LOOK_SECONDS = 60.0


@dataclass(slots=True)
class StoriesDesk:
    """Keeps the stories in memory. May be used by several threads."""

    storage: Storage
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _looked: float | None = None  # by the monotonic clock
    _stories: Stories | None = None

    def of(self, article_id: str) -> Story | None:
        """Return the story of an article, by its `id`. Raises ArchiveError."""
        with self._lock:
            now = time.monotonic()
            if self._looked is None or now - self._looked > _LOOK_SECONDS:
                summary = read_summary(self.storage)
                if summary is None:
                    self._stories = None
                elif self._stories is None or self._stories.summary != summary:
                    self._stories = Stories.read(self.storage)
                self._looked = now
        return self._stories.of(article_id) if self._stories else None
