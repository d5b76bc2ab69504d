"""Settings for a server: the archive on S3, and a log in JSON.

ARCHIVE comes from the environment (WARRAQ_ARCHIVE), and so do the keys, by the AWS names that boto3 reads.
"""

import os

from settings.base import *  # noqa: F403
from settings.json_log import FORMAT, use_json_lines

ARCHIVE = os.environ.get("WARRAQ_ARCHIVE", "")  # empty: a crawl ends at once and says what to set
SPOOL = os.environ.get("WARRAQ_SPOOL", "spool")
SUMMARY_TABLE = False  # its figures become a log line
LOG_FORMAT = FORMAT  # one JSON object a line
use_json_lines()
