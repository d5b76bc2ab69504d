"""Reads what a time stamp says of itself: its moment, and the certificates of its authority."""

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from crawler.archive.timestamps import StampError, read_token


@dataclass(frozen=True, kw_only=True, slots=True)
class Stamp:
    """A time stamp as it describes itself; nothing of it is checked here."""

    moment: datetime
    certificates: tuple[x509.Certificate, ...]

    @property
    def authority(self) -> str:
        """The name of the authority's own certificate."""
        names = [c.subject.rfc4514_string() for c in self.certificates if not _is_authority(c)]
        return names[0] if names else "unknown"


def read_stamp(token: bytes) -> Stamp:
    """Read a token. Raises StampError where it is none, UsageError where the library is missing."""
    response = read_token(token)
    try:
        certificates = [x509.load_der_x509_certificate(der) for der in response.signed_data.certificates]
    except ValueError as error:
        raise StampError(f"The time stamp holds a certificate that cannot be read ({error}).") from None
    certificates.sort(key=lambda each: each.fingerprint(SHA256()))
    return Stamp(moment=response.tst_info.gen_time, certificates=tuple(certificates))


def certificate_file(certificate: x509.Certificate) -> tuple[str, bytes]:
    """Return the name (the SHA-256 of the certificate) and the content of a PEM file."""
    name = certificate.fingerprint(SHA256()).hex()
    return f"authorities/{name}.pem", certificate.public_bytes(Encoding.PEM)


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return bool(certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except x509.ExtensionNotFound:
        return False
