"""TLS versions and cipher suites under the names that WARC fields use."""

import re

_SUITE = re.compile(
    r"(?:(?P<exchange>(?:ECDHE|DHE)-(?:ECDSA|RSA|DSS))-)?"
    r"(?:(?P<cipher>AES|CAMELLIA)(?P<bits>128|256)(?:-(?P<mode>GCM|CCM8|CCM))?(?:-(?P<mac>SHA\d*))?"
    r"|(?P<chacha>CHACHA20-POLY1305))"
)


def version_name(openssl_name: str) -> str:
    """`tls/1.3` for OpenSSL's `TLSv1.3`, `tls/1.0` for its `TLSv1`."""
    number = openssl_name.removeprefix("TLSv")
    return f"tls/{number if '.' in number else number + '.0'}"


def iana_suite(openssl_name: str | None) -> str | None:
    """The IANA name of a suite that OpenSSL names its own way; None for one it has no rule for."""
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
