"""Keys and signatures: ours, checked by openssl, and refused where anything is other."""

import stat
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from crawler.archive.manifest import Manifest
from crawler.archive.signing import (
    PASSPHRASE,
    PRIVATE_NAME,
    PUBLIC_NAME,
    Signer,
    generate_key,
    load_public_key,
    load_signer,
    seal_run,
)
from crawler.errors import ArchiveError, UsageError
from tests import needs
from tests.verify.building import Archive, add_run
from tests.verify.checking import codes_in, faults_in, report_on

PHRASE = "حانوت الورّاق"
SIG = "runs/{}/manifest.json.sig"


def openssl(*arguments: str | Path) -> bool:
    command = [needs.program("openssl", package="openssl"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_a_key_is_made_once_and_opens_with_its_passphrase(tmp_path: Path) -> None:
    key = generate_key(tmp_path / "keys", PHRASE)
    private, public = tmp_path / "keys" / PRIVATE_NAME, tmp_path / "keys" / PUBLIC_NAME
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert private.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert load_public_key(public).key_id == key.key_id
    assert load_signer(private, {PASSPHRASE: PHRASE}).key_id == key.key_id
    before = private.read_bytes(), public.read_bytes()
    with pytest.raises(UsageError, match="never overwritten"):
        generate_key(tmp_path / "keys", PHRASE)
    private.unlink()
    with pytest.raises(UsageError, match="never overwritten"):
        generate_key(tmp_path / "keys", PHRASE)
    assert not private.exists()
    assert public.read_bytes() == before[1]


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ArchiveError, match="cannot be written"):
        generate_key(tmp_path / "file" / "keys", PHRASE)


@pytest.mark.parametrize("environment", [{}, {PASSPHRASE: ""}])
def test_without_a_passphrase(tmp_path: Path, environment: dict[str, str]) -> None:
    generate_key(tmp_path, PHRASE)
    with pytest.raises(UsageError, match=PASSPHRASE):
        load_signer(tmp_path / PRIVATE_NAME, environment)


def test_keys_that_are_none(tmp_path: Path) -> None:
    ed, ec = Ed25519PrivateKey.generate(), generate_private_key(SECP256R1())
    secret = BestAvailableEncryption(PHRASE.encode())
    contents = {
        "nothing": (b"", b""),
        "rubbish": (b"-----BEGIN PRIVATE KEY-----\n!!\n", b"\xff" * 100_000),
        "plain": (ed.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), b"-----"),
        "other kind": (
            ec.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, secret),
            ec.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        ),
    }
    for private, public in contents.values():
        (tmp_path / "private").write_bytes(private)
        (tmp_path / "public").write_bytes(public)
        with pytest.raises(UsageError):
            load_signer(tmp_path / "private", {PASSPHRASE: PHRASE})
        with pytest.raises(UsageError):
            load_public_key(tmp_path / "public")
    with pytest.raises(UsageError, match="cannot be read"):
        load_public_key(tmp_path / "missing")


def test_a_wrong_passphrase(tmp_path: Path) -> None:
    generate_key(tmp_path, PHRASE)
    with pytest.raises(UsageError, match="does not open it"):
        load_signer(tmp_path / PRIVATE_NAME, {PASSPHRASE: "x"})


def test_openssl_checks_the_signature(signed: Archive, signer: Signer, tmp_path: Path) -> None:
    public = tmp_path / "public.pem"
    public.write_bytes(signer.public.to_pem())
    folder = signed.path(f"runs/{signed.runs[0].run_id}")
    manifest, signature = folder / "manifest.json", folder / "manifest.json.sig"
    check = (
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        public,
        "-rawin",
        "-in",
        manifest,
        "-sigfile",
        signature,
    )
    assert openssl(*check)
    manifest.write_bytes(manifest.read_bytes() + b" ")
    assert not openssl(*check)


def test_a_signed_archive_is_right(signed: Archive, signer: Signer) -> None:
    report = report_on(signed, keys=[signer.public])
    assert (report.faults, report.remarks, report.checked["signatures"]) == ([], [], 3)
    unchecked = report_on(signed)
    assert (unchecked.faults, unchecked.checked["signatures"]) == ([], 0)
    assert "3 manifests are signed; no key was given" in unchecked.remarks[0]


def test_another_key(signed: Archive) -> None:
    stranger = Signer(Ed25519PrivateKey.generate())
    files = [SIG.format(run.run_id) for run in signed.runs]
    assert faults_in(signed, keys=[stranger.public]) == [("unknown-key", file, None) for file in files]


def test_one_of_several_keys(signed: Archive, signer: Signer) -> None:
    assert faults_in(signed, keys=[Signer(Ed25519PrivateKey.generate()).public, signer.public]) == []


def test_signatures_damaged(signed: Archive, signer: Signer) -> None:
    first, second, third = (SIG.format(run.run_id) for run in signed.runs)
    signed.path(first).unlink()
    signed.rewrite(second, lambda data: data[:-1] + bytes([data[-1] ^ 1]))
    signed.rewrite(third, lambda data: data + b"\n")
    found = [
        ("signature-missing", first, None),
        ("signature-wrong", second, None),
        ("signature-wrong", third, None),
    ]
    assert faults_in(signed, keys=[signer.public]) == found
    without_key = [each for each in found if each[1] != second]
    assert faults_in(signed) == without_key


def test_a_signature_taken_off_with_its_mention(signed: Archive, signer: Signer) -> None:
    """A newest manifest that was rewritten without its signature is found where signatures are required."""
    run = signed.runs[-1].run_id
    manifest = f"runs/{run}/manifest.json"
    unsigned = Manifest.parse(
        signed.path(manifest).read_bytes().replace(f'"{signer.key_id}"'.encode(), b"null")
    )
    signed.path(manifest).write_bytes(unsigned.to_bytes())
    signed.path(f"runs/{run}/manifest-sha256.txt").write_bytes(unsigned.checksums())
    assert codes_in(signed) == {"signature-wrong"}
    signed.path(SIG.format(run)).unlink()
    assert codes_in(signed) == set()
    assert faults_in(signed, keys=[signer.public]) == [("signature-missing", SIG.format(run), None)]


def test_a_signed_manifest_covers_those_before_it(archive: Archive, signer: Signer, tmp_path: Path) -> None:
    assert codes_in(archive, keys=[signer.public]) == {"signature-missing"}
    add_run(archive.root, tmp_path / "spool", 2, 1, signer=signer)
    assert faults_in(archive, keys=[signer.public]) == []
    first = f"runs/{archive.runs[0].run_id}"
    edited = Manifest.parse(
        archive.path(f"{first}/manifest.json").read_bytes().replace(b'"press"', b'"other"')
    )
    archive.path(f"{first}/manifest.json").write_bytes(edited.to_bytes())
    archive.path(f"{first}/manifest-sha256.txt").write_bytes(edited.checksums())
    assert codes_in(archive, keys=[signer.public]) == {"chain-changed", "signature-missing"}


def test_a_manifest_that_names_another_key_is_not_sealed(signed: Archive, tmp_path: Path) -> None:
    manifest = Manifest.parse(signed.path(f"runs/{signed.runs[0].run_id}/manifest.json").read_bytes())
    with pytest.raises(ValueError, match="another key"):
        seal_run(tmp_path, manifest, Signer(Ed25519PrivateKey.generate()))
    with pytest.raises(ValueError, match="another key"):
        seal_run(tmp_path, manifest)
    assert list(tmp_path.glob("runs")) == []
