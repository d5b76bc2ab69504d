"""Explains a failure of S3 to the user in one sentence."""

from typing import NamedTuple

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    PartialCredentialsError,
    SSLError,
)
from botocore.exceptions import ConnectionError as NoConnectionError

from crawler.errors import ArchiveError
from crawler.storage.base import MissingError, UnavailableError

_KEYS = "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
_ADVICE = {
    "NoSuchBucket": "there is no such bucket at this endpoint; create it, or correct the archive's address",
    "NoSuchKey": "there is no such file",
    "NotFound": "there is no such file",
    "404": "there is no such file or bucket",
    "InvalidAccessKeyId": f"the server does not know the access key; {_KEYS}",
    "SignatureDoesNotMatch": f"the server refuses the signature; {_KEYS}",
    "AccessDenied": f"the server refuses access; {_KEYS}, and what this key may do with the bucket",
    "403": f"the server refuses access; {_KEYS}, and what this key may do with the bucket",
    "Forbidden": f"the server refuses access; {_KEYS}, and what this key may do with the bucket",
    "AllAccessDisabled": "the bucket is disabled; ask the provider",
    "AccountProblem": "the account is disabled; ask the provider",
    "ExpiredToken": "the session token has expired; get new credentials",
    "InvalidToken": "the server refuses the session token; check AWS_SESSION_TOKEN",
    "RequestTimeTooSkewed": "this machine's clock is wrong; set it, the server compares it with its own",
    "PermanentRedirect": "the bucket is in another region; correct AWS_REGION_NAME or AWS_ENDPOINT_URL",
    "AuthorizationHeaderMalformed": "the region is wrong; correct AWS_REGION_NAME",
    "InvalidBucketName": "the server does not accept the bucket's name",
    "QuotaExceeded": "the bucket's quota is used up; free space or raise it",
    "InsufficientStorage": "the storage is full; free space or raise the quota",
    "507": "the storage is full; free space or raise the quota",
    "EntityTooLarge": "the server does not take a file of this size",
    "InvalidRange": "the file has no such bytes",
    "416": "the file has no such bytes",
}
# The bytes did not arrive as they were sent; sent again they may.
_DAMAGED = frozenset(
    {
        "BadDigest",
        "InvalidDigest",
        "XAmzContentSHA256Mismatch",
        "XAmzContentChecksumMismatch",
        "IncompleteBody",
    }
)
_PASSING = frozenset({"SlowDown", "RequestTimeout", "InternalError", "ServiceUnavailable", "Throttling"})
_MISSING = frozenset({"NoSuchKey", "NotFound", "404"})
_CONFLICT = frozenset({"OperationAborted", "ConditionalRequestConflict"})
_SERVER_FAILS = 500


class Answer(NamedTuple):
    """Status and code of an error response."""

    status: int  # of HTTP; 0 where none came
    code: str  # of S3, like NoSuchBucket; the status again where the answer had no body


def answer_of(error: ClientError) -> Answer:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return Answer(status, str(error.response.get("Error", {}).get("Code", "")) or str(status))


def explained(what: str, error: ClientError | BotoCoreError | OSError) -> ArchiveError:
    """Make an error whose sentence begins with `what`; UnavailableError where a retry may help."""
    if isinstance(error, ClientError):
        return _answered(what, error)
    if isinstance(error, NoCredentialsError | PartialCredentialsError | CredentialRetrievalError):
        return ArchiveError(f"{what}: no S3 credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.")
    if isinstance(error, SSLError):
        return UnavailableError(
            f"{what}: the server's certificate or TLS is not accepted; "
            f"check AWS_ENDPOINT_URL, or name the authority's file in AWS_CA_BUNDLE."
        )
    if isinstance(error, NoConnectionError | HTTPClientError | IncompleteReadError | OSError):
        return UnavailableError(
            f"{what}: no answer ({_kind(error)}); check AWS_ENDPOINT_URL and the network."
        )
    return ArchiveError(f"{what}: {_kind(error)}: {error}")


def _answered(what: str, error: ClientError) -> ArchiveError:
    status, code = answer_of(error)
    if code in _DAMAGED:
        return UnavailableError(f"{what}: the bytes arrived damaged ({code}).")
    if code in _MISSING:
        return MissingError(f"{what}: {_ADVICE[code]}.")
    if code in _ADVICE:
        return ArchiveError(f"{what}: {_ADVICE[code]}.")
    if code in _PASSING or code in _CONFLICT or status >= _SERVER_FAILS:
        return UnavailableError(f"{what}: the server fails for now ({status} {code}); try again later.")
    return ArchiveError(f"{what}: the server answers {status} {code}.")


def _kind(error: Exception) -> str:
    return type(error).__name__.removesuffix("Error")
