"""Take a lease in one call."""

from typing import Any

from crawler.storage import Storage
from crawler.storage.lease import Claim, Lease


def take_lease(storage: Storage, site: str, *, holder: str, **times: Any) -> Lease:
    """Hold `site` for the run `holder`; `times` are fields of `Claim`, in seconds."""
    return storage.lease(Claim(site=site, run=holder, **times))
