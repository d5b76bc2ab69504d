"""The one index of a site, kept beside those of its WARC files for whoever wants a single file."""

from pathlib import Path
from tempfile import TemporaryDirectory

from crawler.archive.cdxj_index import merged_key
from crawler.archive.merged_index import merge_index
from crawler.errors import ArchiveError
from crawler.storage import Storage
from crawler.storage.base import digest_file

MOST_AT_EACH_RUN = 50_000_000  # bytes of indexes; beyond that only compaction merges them


def keep_site_index(storage: Storage, site: str, spool: Path, *, most: int | None = None) -> bool:
    """Merge a site's indexes into `cdxj/<site>.cdxj` in the archive; False where they are more than `most`.

    Raises ArchiveError.
    """
    total = sum(entry.size for entry in storage.list(f"cdxj/{site}/"))
    if not total or (most is not None and total > most):
        return False
    try:
        with TemporaryDirectory(dir=spool, prefix=".index-") as folder:
            path = merge_index(storage, site, Path(folder))
            storage.put(merged_key(site), path, digest_file(path)[1], replace=True)
    except OSError as error:
        raise ArchiveError(f"The index of {site} cannot be merged: {error}.") from error
    return True
