"""The credentials of an S3 account, by the names that Scrapy and boto3 use."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from crawler.errors import UsageError


@dataclass(frozen=True, kw_only=True, slots=True)
class S3Credentials:
    """The given parts of an S3 account; boto3 finds the rest (environment, profile, instance role)."""

    access_key: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    session_token: str | None = field(default=None, repr=False)
    endpoint_url: str | None = None  # None: Amazon's own
    region: str | None = None

    def __post_init__(self) -> None:
        if (self.access_key is None) != (self.secret_key is None):
            given, missing = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"
            if self.access_key is None:
                given, missing = missing, given
            raise UsageError(f"{given} is set without {missing}; set both, or neither.")
        if self.session_token is not None and self.access_key is None:
            raise UsageError("AWS_SESSION_TOKEN is set without AWS_ACCESS_KEY_ID; set both, or neither.")

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Self:
        """Read the five names from Scrapy's settings; empty is absent. Raises UsageError."""
        return cls(
            access_key=settings.get("AWS_ACCESS_KEY_ID") or None,
            secret_key=settings.get("AWS_SECRET_ACCESS_KEY") or None,
            session_token=settings.get("AWS_SESSION_TOKEN") or None,
            endpoint_url=settings.get("AWS_ENDPOINT_URL") or None,
            region=settings.get("AWS_REGION_NAME") or None,
        )
