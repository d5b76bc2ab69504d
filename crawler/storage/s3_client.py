"""Makes the connection to an S3 server: time limits, retries, checksums, logging."""

import logging
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from crawler.errors import UsageError
from crawler.storage.credentials import S3Credentials

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

_CONFIG = Config(
    connect_timeout=10,  # seconds
    read_timeout=60,  # seconds without a byte
    retries={"mode": "standard", "total_max_attempts": 3},  # the outbox is the patient one
    # By default boto3 sends checksums as trailers, which older Ceph, R2, B2 and SeaweedFS refuse over TLS;
    # each upload carries a whole-file SHA-256 in its header instead.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
    tcp_keepalive=True,
    user_agent_extra="warraq",
)
# At DEBUG botocore logs each request as it signs it: session token, signature, body.
_TALKATIVE = ("boto3", "botocore", "botocore.auth", "botocore.endpoint", "botocore.hooks", "botocore.parsers")


def s3_client(credentials: S3Credentials) -> "S3Client":
    """Return a client for several threads. Raises UsageError where a given value is wrong."""
    _keep_secrets_out_of_logs()
    try:
        return boto3.session.Session().client(
            "s3",
            aws_access_key_id=credentials.access_key,
            aws_secret_access_key=credentials.secret_key,
            aws_session_token=credentials.session_token,
            endpoint_url=credentials.endpoint_url,
            region_name=credentials.region,
            config=_CONFIG,
        )
    except (BotoCoreError, ValueError) as error:
        raise UsageError(
            f"The S3 access cannot be set up: {error}; "
            "check AWS_ENDPOINT_URL, AWS_REGION_NAME and AWS_PROFILE."
        ) from error


def _keep_secrets_out_of_logs() -> None:
    for name in _TALKATIVE:
        logger = logging.getLogger(name)
        if logger.getEffectiveLevel() < logging.INFO:
            logger.setLevel(logging.INFO)
