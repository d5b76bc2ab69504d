"""On a server: the archive on S3, log lines that machines read.

ARCHIVE comes from the environment (WARRAQ_ARCHIVE), keys by the AWS names that boto3 knows.
"""

import os

from settings.base import *  # noqa: F403
from settings.json_log import FORMAT, use_json_lines

ARCHIVE = os.environ.get("WARRAQ_ARCHIVE", "")  # empty: the run ends at once and says what to set
SPOOL = os.environ.get("WARRAQ_SPOOL", "spool")
SUMMARY_TABLE = False  # its numbers are a log line, as everything else
LOG_FORMAT = FORMAT  # a JSON object a line
use_json_lines()
