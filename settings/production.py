"""On a server: the archive on S3, log lines that machines read.

ARCHIVE comes from the environment (WARRAQ_ARCHIVE), keys by the AWS names that boto3 knows.
"""

import os

from settings.base import *  # noqa: F403

ARCHIVE = os.environ.get("WARRAQ_ARCHIVE", "")  # empty: the run ends at once and says what to set
SPOOL = os.environ.get("WARRAQ_SPOOL", "spool")
EXTENSIONS = EXTENSIONS | {"crawler.extensions.structured_log.StructuredLog": 0}  # noqa: F405 - from base
