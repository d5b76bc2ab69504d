"""A time stamp authority on loopback: openssl makes the tokens, a small server hands them out."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests import needs
from tests.servers import http
from tests.servers.http import Answer, Request

_CONFIG = """
[tsa]
default_tsa = tsa1
[tsa1]
serial = {folder}/serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ordering = no
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


@dataclass(frozen=True)
class Authority:
    openssl: str  # the program
    folder: Path
    leaf: x509.Certificate
    root: x509.Certificate
    root_pem: Path

    def answer(self, question: bytes) -> bytes:
        (self.folder / "question.tsq").write_bytes(question)
        command = "ts -reply -config tsa.cnf -section tsa1 -queryfile question.tsq"
        command += " -signer tsa.pem -inkey tsa.key -out answer.tsr"
        subprocess.run([self.openssl, *command.split()], cwd=self.folder, check=True, capture_output=True)
        return (self.folder / "answer.tsr").read_bytes()


def make_authority(folder: Path, *, days: tuple[float, float] = (-1, 30)) -> Authority:
    """An authority whose certificate is valid from and to so many days from now."""
    openssl = needs.program("openssl", package="openssl")
    folder.mkdir()
    root_key, key = generate_private_key(SECP256R1()), generate_private_key(SECP256R1())
    root = _certificate("Root", root_key, "Root", root_key, (-400, 400), authority=True)
    leaf = _certificate("TSA", key, "Root", root_key, days, authority=False)
    (folder / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
    (folder / "tsa.pem").write_bytes(leaf.public_bytes(Encoding.PEM))
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "tsa.key").write_bytes(pem)
    (folder / "tsa.cnf").write_text(_CONFIG.format(folder=folder))
    return Authority(openssl, folder, leaf, root, folder / "root.pem")


def _certificate(
    name: str,
    key: EllipticCurvePrivateKey,
    issuer: str,
    issuer_key: EllipticCurvePrivateKey,
    days: tuple[float, float],
    *,
    authority: bool,
) -> x509.Certificate:
    now = datetime.now(UTC)
    start, end = (now + timedelta(days=count) for count in days)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if not authority:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(usage, critical=True)
    return builder.sign(issuer_key, SHA256())


@contextmanager
def serving(respond: Callable[[bytes], tuple[int, bytes]]) -> Iterator[str]:
    """Yield the address of a server that answers each POST with (status, body)."""

    def answer(request: Request) -> Answer:
        status, body = respond(request.body)
        return Answer(body, status, content_type=None, headers={"Location": "file:///etc/passwd"})

    with http.serving(answer) as url:
        yield f"{url}/tsa"
