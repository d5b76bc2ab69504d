"""The other end of a connection: whether its address is public, and the names of its TLS in WARC fields."""

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from scrapy.exceptions import IgnoreRequest

_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits
_SUITE = re.compile(
    r"(?:(?P<exchange>(?:ECDHE|DHE)-(?:ECDSA|RSA|DSS))-)?"
    r"(?:(?P<cipher>AES|CAMELLIA)(?P<bits>128|256)(?:-(?P<mode>GCM|CCM8|CCM))?(?:-(?P<mac>SHA\d*))?"
    r"|(?P<chacha>CHACHA20-POLY1305))"
)


class PrivateAddressError(IgnoreRequest):
    """A host name led to an address in a private network. Nothing was sent; the request is not retried."""


def is_public(address: str) -> bool:
    """Say whether an IP address belongs to the public internet; an IPv4 address in an IPv6 one decides.

    Raises ValueError for a text that is no IP address.
    """
    return _is_public(ip_address(address.partition("%")[0]))


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner is not None:
            return _is_public(inner)
    return address.is_global and not address.is_multicast


def version_name(openssl_name: str) -> str:
    """Return the WARC name of a TLS version: `tls/1.3` for OpenSSL's `TLSv1.3`, `tls/1.0` for `TLSv1`."""
    number = openssl_name.removeprefix("TLSv")
    return f"tls/{number if '.' in number else number + '.0'}"


def iana_suite(openssl_name: str | None) -> str | None:
    """Return the IANA name of a cipher suite in OpenSSL's spelling, None for a spelling that is not known."""
    if openssl_name is None or openssl_name.startswith("TLS_"):
        return openssl_name
    found = _SUITE.fullmatch(openssl_name)
    if found is None:
        return None
    prefix = f"TLS_{(found['exchange'] or 'RSA').replace('-', '_')}_WITH_"
    if found["chacha"]:
        return f"{prefix}CHACHA20_POLY1305_SHA256"
    mode = (found["mode"] or "CBC").replace("CCM8", "CCM_8")
    mac = f"_{found['mac']}" if found["mac"] else ""
    return f"{prefix}{found['cipher']}_{found['bits']}_{mode}{mac}"
