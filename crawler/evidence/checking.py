"""Checks the files of a bundle against their manifests before the bundle is written."""

from collections.abc import Iterable, Mapping, Sequence

from cryptography.x509 import Certificate

from crawler.archive.names import SIGNATURE_NAME, run_key
from crawler.archive.signing import SIGNATURE_BYTES, PublicKey
from crawler.archive.timestamps import MAX_TOKEN_BYTES, StampError, check_token
from crawler.errors import ArchiveError
from crawler.evidence.manifests import Chains, Sealed
from crawler.storage import Storage
from crawler.storage.base import digest_stream


def check_promises(storage: Storage, chains: Chains, warc: str, indexes: Iterable[str]) -> None:
    """Read the page's WARC file and the indexes whole, and compare them with the manifests.

    Raises ArchiveError where one is not what its manifest promises.
    """
    for key in sorted({warc, *indexes}):
        for run in chains.runs.values():
            promise = run.promised(key)
            if promise is None:
                continue
            with storage.open(key) as stream:
                if digest_stream(stream) != promise:
                    raise ArchiveError(
                        f"{key} in {storage.address} is not the file that the manifest of the run "
                        f"{run.run_id} promises. Nothing was written; scrapy verify names the damage."
                    )


def check_seals(
    storage: Storage, chains: Chains, keys: Mapping[str, PublicKey], roots: Sequence[Certificate]
) -> None:
    """Check the signatures whose keys are known, and the time stamps where roots are given.

    Raises ArchiveError for the first that does not hold.
    """
    for run in chains.runs.values():
        signature = _signature(storage, run) if run.is_signed else None
        key = keys.get(run.manifest.facts.key_id or "")
        if key is not None and (signature is None or not key.verifies(signature, run.data)):
            raise ArchiveError(
                f"The signature of the run {run.run_id} in {storage.address} is missing or is not of its "
                "manifest. Nothing was written; scrapy verify names the damage."
            )
        for name in run.stamps if roots and signature is not None else ():
            with storage.open(run_key(run.run_id, name), 0, MAX_TOKEN_BYTES + 1) as stream:
                token = stream.read()
            try:
                check_token(token, signature or b"", roots)
            except StampError as error:
                raise ArchiveError(f"The run {run.run_id}: {error} Nothing was written.") from error


def _signature(storage: Storage, run: Sealed) -> bytes:
    with storage.open(run_key(run.run_id, SIGNATURE_NAME), 0, SIGNATURE_BYTES + 1) as stream:
        return stream.read()
