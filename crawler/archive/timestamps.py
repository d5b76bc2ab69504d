"""Gets and checks time stamps (RFC 3161): a third party confirms when the signature of a manifest existed.

`openssl ts -verify -data manifest.json.sig -in manifest.json.1.tsr -CAfile root.pem`
"""

import hashlib
import json
import threading
import urllib.request
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509

from crawler.archive.canonical import canonical_json
from crawler.archive.names import MANIFEST_NAME, SIGNATURE_NAME, STAMP_NAME, run_key
from crawler.archive.signing import SIGNATURE_BYTES, write_evidence
from crawler.errors import ArchiveError, UsageError
from crawler.storage import Storage

MAX_TOKEN_BYTES = 262_144
SECONDS = 30.0  # for one authority at most
_MAX_AUTHORITIES = 99
_MAX_PENDING_BYTES = 4_096
_MAX_ROOT_BYTES = 1_000_000
_GRANTED = 0


class StampError(ArchiveError):
    """There is no time stamp, or it proves nothing; the message says why."""


def checked_authorities(urls: Iterable[str]) -> tuple[str, ...]:
    """Check the setting TIMESTAMP_AUTHORITIES. Raises UsageError where it is wrong or cannot be used here."""
    authorities = tuple(urls)
    for url in authorities:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
            raise UsageError(
                "TIMESTAMP_AUTHORITIES holds something that is no http or https address without a password."
            )
    if len(set(authorities)) != len(authorities) or len(authorities) > _MAX_AUTHORITIES:
        raise UsageError(f"TIMESTAMP_AUTHORITIES names an authority twice, or more than {_MAX_AUTHORITIES}.")
    if authorities:
        _library()
    return authorities


def stamp_run(spool: Path, run_id: str, signature: bytes, authorities: Sequence[str]) -> list[str]:
    """Ask each authority for a token over the signature; write the tokens into the run's folder.

    For an authority that gives no token a small `.pending` file is written, and `stamp_pending` of a later
    run asks again. Returns a sentence for each of these. Raises ArchiveError where the disk fails.
    """
    problems = []
    for number, url in enumerate(authorities, 1):
        try:
            _stamp(spool, run_id, number, url, signature)
        except StampError as error:
            problems.append(f"No time stamp from {url} yet: {error}")
            note = {"authority": url, "reason": str(error), "tried": datetime.now(UTC).isoformat()}
            write_evidence(spool, run_key(run_id, f"{MANIFEST_NAME}.{number}.pending"), canonical_json(note))
    return problems


def stamp_pending(
    storage: Storage, spool: Path, runs: Sequence[str], authorities: Sequence[str]
) -> list[str]:
    """Ask again for the tokens that these runs lack; return a sentence for each still absent.

    Only authorities in this run's settings are asked, also where the archive names others. Raises
    ArchiveError.
    """
    problems = []
    for run in runs if authorities else ():
        stamps = [STAMP_NAME.fullmatch(name) for name in storage.list_names(f"runs/{run}/")]
        found = {(int(stamp["number"]), stamp["kind"]) for stamp in stamps if stamp}
        for number in sorted(n for n, kind in found if kind == "pending" and (n, "tsr") not in found):
            url = _pending_authority(storage, run, number)
            if url not in authorities:
                continue
            try:
                _stamp(spool, run, number, url, _signature(storage, run))
            except ArchiveError as error:
                problems.append(f"Still no time stamp from {url} for the run {run}: {error}")
    return problems


def check_token(token: bytes, signature: bytes, roots: Sequence[x509.Certificate]) -> datetime:
    """Return when the authority saw the signature.

    The authority's certificate must have been valid at that moment, not now. Raises StampError, and
    UsageError where the library is missing.
    """
    library = _library()
    reason = "no root was given"
    for (
        root
    ) in roots:  # one by one: roots of one name (an authority that changed its key) confuse the library
        try:
            response = library.decode_timestamp_response(token)
            library.VerifierBuilder(roots=[root]).build().verify_message(response, signature)
            moment: datetime = response.tst_info.gen_time
        except Exception as error:  # noqa: BLE001 - the bytes are hostile; after any error they prove nothing
            reason = " ".join(str(error).split())[:200]
        else:
            return moment
    raise StampError(f"The time stamp proves nothing ({reason}).")


def read_token(token: bytes) -> Any:
    """Parse a time stamp and check nothing. Raises StampError; UsageError where the library is missing."""
    try:
        return _library().decode_timestamp_response(token)
    except ValueError as error:
        raise StampError(f"This is no time stamp ({' '.join(str(error).split())[:200]}).") from None


def load_roots(paths: Iterable[Path]) -> list[x509.Certificate]:
    """Load the certificates in PEM files, each once. Raises UsageError."""
    roots: list[x509.Certificate] = []
    for path in paths:
        try:
            with path.open("rb") as file:
                found = x509.load_pem_x509_certificates(file.read(_MAX_ROOT_BYTES))
        except OSError as error:
            raise UsageError(f"The certificate {path} cannot be read: {error.strerror}.") from error
        except ValueError:
            raise UsageError(f"{path} holds no certificate in PEM.") from None
        roots += [root for root in found if root not in roots]
    if roots:
        _library()
    return roots


def _stamp(spool: Path, run_id: str, number: int, url: str, signature: bytes) -> None:
    write_evidence(spool, run_key(run_id, f"{MANIFEST_NAME}.{number}.tsr"), request_token(url, signature))


def request_token(url: str, signature: bytes, *, seconds: float = SECONDS) -> bytes:
    """Ask an authority for a token and check that it answers this request over these bytes.

    Raises StampError where no answer comes in time, or the answer is another.
    """
    library = _library()
    question = (
        library.TimestampRequestBuilder()
        .data(signature)
        .hash_algorithm(library.HashAlgorithm.SHA256)
        .nonce(nonce=True)
        .cert_request(cert_request=True)
        .build()
    )
    answer = _ask(url, question.as_bytes(), seconds)
    try:
        response = library.decode_timestamp_response(answer)
        if response.status != _GRANTED:
            raise StampError(f"it refused (status {response.status}).")
        stamped = response.tst_info.message_imprint.message, response.tst_info.nonce
    except ValueError as error:
        raise StampError(f"its answer is no time stamp ({error}).") from None
    if stamped != (hashlib.sha256(signature).digest(), question.nonce):
        raise StampError("its answer belongs to another question.")
    return answer


def _ask(url: str, question: bytes, seconds: float) -> bytes:
    """Send the request in a thread: the time limit of a socket does not bound the whole exchange."""
    outcome: list[bytes | str] = []
    thread = threading.Thread(target=_post, args=(url, question, seconds, outcome), daemon=True)
    thread.start()
    thread.join(seconds)
    if not outcome:
        raise StampError(f"it gave no answer in {seconds:g} s.")
    answer = outcome[0]
    if isinstance(answer, str):
        raise StampError(answer)
    return answer


def _post(url: str, question: bytes, seconds: float, outcome: list[bytes | str]) -> None:
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    request = urllib.request.Request(url, data=question, headers=headers, method="POST")  # noqa: S310 - checked before
    opener = urllib.request.OpenerDirector()  # no files, no FTP, no redirects
    for handler in (
        urllib.request.ProxyHandler,
        urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler,
        urllib.request.HTTPErrorProcessor,
        urllib.request.HTTPDefaultErrorHandler,
    ):
        opener.add_handler(handler())
    try:
        with opener.open(request, timeout=seconds) as response:
            answer = response.read(MAX_TOKEN_BYTES + 1)
    except (OSError, HTTPException, ValueError) as error:
        outcome.append(f"it could not be asked ({error}).")
        return
    outcome.append(answer if len(answer) <= MAX_TOKEN_BYTES else "its answer is too large.")


def _signature(storage: Storage, run_id: str) -> bytes:
    with storage.open(run_key(run_id, SIGNATURE_NAME), 0, SIGNATURE_BYTES + 1) as stream:
        return stream.read()


def _pending_authority(storage: Storage, run_id: str, number: int) -> str:
    """Return the address in a `.pending` file; an empty string where it holds none."""
    with storage.open(run_key(run_id, f"{MANIFEST_NAME}.{number}.pending"), 0, _MAX_PENDING_BYTES) as stream:
        try:
            note: Any = json.loads(stream.read())
        except (ValueError, RecursionError):
            return ""
    url = note.get("authority") if isinstance(note, dict) else None
    return url if isinstance(url, str) else ""


def _library() -> ModuleType:
    try:
        import rfc3161_client  # noqa: PLC0415 - an extra
    except ImportError:
        raise UsageError(
            "Time stamps need the package rfc3161-client; install it with: pip install 'warraq[evidence]'"
        ) from None
    return rfc3161_client
