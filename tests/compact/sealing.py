"""The moment at which the tests compact, and the seal that they put on."""

from datetime import UTC, datetime

from crawler.run.sealing import Seal

NOW = datetime(2027, 3, 1, tzinfo=UTC)


SEAL = Seal(signer=None, authorities=(), operator=None, settings_sha256="0" * 64)
