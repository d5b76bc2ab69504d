"""Signs manifests with Ed25519: detached, raw signatures that plain openssl can check.

`openssl pkeyutl -verify -pubin -inkey public.pem -rawin -in manifest.json -sigfile manifest.json.sig`
"""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from crawler.archive.manifest import Manifest
from crawler.archive.names import CHECKSUMS_NAME, MANIFEST_NAME, SIGNATURE_NAME, run_key
from crawler.errors import ArchiveError, UsageError
from crawler.storage.durable import make_folder, write_file

SIGNATURE_BYTES = 64
PASSPHRASE = "WARRAQ_KEY_PASSPHRASE"  # noqa: S105 - the name of a variable, not a passphrase
PRIVATE_NAME, PUBLIC_NAME = "warraq-private.pem", "warraq-public.pem"
_MAX_KEY_BYTES = 65_536


class PublicKey:
    """A key that checks signatures."""

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key
        spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.key_id = hashlib.sha256(spki).hexdigest()  # over the SubjectPublicKeyInfo, as pins are made

    def verifies(self, signature: bytes, data: bytes) -> bool:
        try:
            self._key.verify(signature, data)
        except InvalidSignature:
            return False
        return True

    def to_pem(self) -> bytes:
        return self._key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


class Signer:
    """A private key in memory that makes signatures."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = PublicKey(key.public_key())

    @property
    def key_id(self) -> str:
        return self.public.key_id

    def sign(self, data: bytes) -> bytes:
        """Return the signature: 64 bytes."""
        return self._key.sign(data)

    def to_pem(self, passphrase: str) -> bytes:
        """Return the private key as encrypted PKCS8."""
        encryption = BestAvailableEncryption(passphrase.encode("utf-8"))
        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


def load_signer(path: Path, environment: Mapping[str, str] = os.environ) -> Signer:
    """Load the key in an encrypted PKCS8 file, with the passphrase in WARRAQ_KEY_PASSPHRASE.

    Raises UsageError where the file, the passphrase or the kind of key is wrong.
    """
    data = _read(path, "signing key")
    try:
        key = load_pem_private_key(data, passphrase_of(environment).encode("utf-8"))
    except TypeError:
        raise UsageError(
            f"The signing key {path} is not encrypted; make one with `scrapy keygen FOLDER`."
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise UsageError(f"The signing key {path} is no key, or {PASSPHRASE} does not open it.") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(f"The signing key {path} is no Ed25519 key; make one with `scrapy keygen FOLDER`.")
    return Signer(key)


def load_public_key(path: Path) -> PublicKey:
    """Load an Ed25519 public key in PEM. Raises UsageError where the file holds none."""
    data = _read(path, "public key")
    try:
        key = load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm):
        raise UsageError(f"{path} is no public key in PEM.") from None
    if not isinstance(key, Ed25519PublicKey):
        raise UsageError(f"{path} holds no Ed25519 key; manifests are signed with Ed25519.")
    return PublicKey(key)


def passphrase_of(environment: Mapping[str, str] = os.environ) -> str:
    """Return the passphrase in the environment. Raises UsageError where there is none."""
    passphrase = environment.get(PASSPHRASE, "")
    if not passphrase:
        raise UsageError(f"The key's passphrase is missing; put it into the environment as {PASSPHRASE}.")
    return passphrase


def generate_key(folder: Path, passphrase: str) -> PublicKey:
    """Write a new key to `folder`: the private key encrypted, for its owner only (0600), and the public.

    Raises UsageError where a key exists already, ArchiveError where the folder cannot be written.
    """
    signer = Signer(Ed25519PrivateKey.generate())
    private, public = folder / PRIVATE_NAME, folder / PUBLIC_NAME
    for path in (private, public):
        if path.exists():
            raise UsageError(f"{path} is there already; a key is never overwritten.")
    try:
        make_folder(folder)
        _write_new(private, signer.to_pem(passphrase), 0o600)
        _write_new(public, signer.public.to_pem(), 0o644)
    except FileExistsError as error:
        raise UsageError(f"{error.filename} is there already; a key is never overwritten.") from None
    except OSError as error:
        raise ArchiveError(f"The key cannot be written into {folder}: {error.strerror}.") from error
    return signer.public


def seal_run(spool: Path, manifest: Manifest, signer: Signer | None = None) -> bytes | None:
    """Write the manifest, its checksums and its signature into the run's folder of the spool.

    Returns the signature; None without a signer. Raises ArchiveError where the disk fails, ValueError where
    the manifest names another key than the signer's.
    """
    if manifest.facts.key_id != (signer.key_id if signer else None):
        raise ValueError("the manifest names another key than the one that signs it")
    data = manifest.to_bytes()
    signature = signer.sign(data) if signer else None
    if signature is not None:
        write_evidence(spool, run_key(manifest.run_id, SIGNATURE_NAME), signature)
    write_evidence(spool, run_key(manifest.run_id, CHECKSUMS_NAME), manifest.checksums())
    write_evidence(spool, run_key(manifest.run_id, MANIFEST_NAME), data)
    return signature


def write_evidence(spool: Path, key: str, data: bytes) -> None:
    """Write a small file into the spool, whole or not at all. Raises ArchiveError."""
    path = spool / key
    try:
        write_file(path, data)
    except OSError as error:
        raise ArchiveError(f"{path} cannot be written: {error.strerror}.") from error


def _write_new(path: Path, data: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, mode)  # regardless of the umask
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def _read(path: Path, what: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_MAX_KEY_BYTES)
    except OSError as error:
        raise UsageError(f"The {what} {path} cannot be read: {error.strerror}.") from error
