"""The archive that the settings name: its address, the keys to it, and the spool in front of it."""

import os
from pathlib import Path

from scrapy.settings import BaseSettings

from crawler.errors import UsageError
from crawler.storage import ObjectLock, S3Credentials, Storage, open_storage

SECRETS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


def hide_secrets(settings: BaseSettings) -> None:
    """Move the S3 keys from the settings into the environment of this process.

    Scrapy logs every setting that differs from its default. boto3 and Scrapy read the same names from the
    environment.
    """
    for name in SECRETS:
        if settings[name]:
            os.environ[name] = settings[name]
            settings.set(name, None, priority="cmdline")


def storage_of(settings: BaseSettings, address: str | None = None) -> Storage:
    """Return the archive at `address`, or else at the setting ARCHIVE. Nothing is read or written yet.

    Files are locked (OBJECT_LOCK_MODE) only in the archive of the settings: commands do not write to an
    archive that an argument names. Raises UsageError for an address or a lock that cannot be used.
    """
    lock = None if address else ObjectLock.from_settings(settings)
    address = address or settings["ARCHIVE"]
    if not address:
        raise UsageError(
            "No archive is named: set ARCHIVE (WARRAQ_ARCHIVE on a server) to a folder or s3://bucket/prefix."
        )
    return open_storage(address, credentials=S3Credentials.from_settings(settings), lock=lock)


def spool_of(settings: BaseSettings, storage: Storage) -> Path:
    """Return the folder where the files of all runs lie until the archive has them."""
    folder = settings["SPOOL"] or (
        "spool" if storage.address.startswith("s3://") else Path(storage.address) / ".spool"
    )
    return Path(folder).resolve()
