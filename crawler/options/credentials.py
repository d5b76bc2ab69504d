"""The keys to S3 as Scrapy's settings and boto3's environment name them."""

from pathlib import Path

from scrapy.settings import BaseSettings

from crawler.errors import UsageError
from crawler.storage import ObjectLock, S3Credentials, Storage, open_storage


def spool_of(settings: BaseSettings, storage: Storage) -> Path:
    """The folder where the files of all runs lie until the archive has them."""
    folder = settings["SPOOL"] or (
        "spool" if storage.address.startswith("s3://") else Path(storage.address) / ".spool"
    )
    return Path(folder).resolve()


def storage_of(settings: BaseSettings, address: str | None = None) -> Storage:
    """The archive that the settings (or an address given to a command) name.

    Raises UsageError for an address that is none, ArchiveError for a place that cannot be opened.
    """
    # What a command is told to look at beside the archive of the settings is not written to.
    lock = None if address else ObjectLock.from_settings(settings)
    address = address or settings["ARCHIVE"]
    if not address:
        raise UsageError(
            "No archive is named: set ARCHIVE (WARRAQ_ARCHIVE on a server) to a folder or s3://bucket/prefix."
        )
    return open_storage(address, credentials=S3Credentials.from_settings(settings), lock=lock)
