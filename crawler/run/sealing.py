"""The seal of a run: the manifest of its delivered files, with signature and time stamps if set up."""

import logging
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from crawler import __version__
from crawler.archive.canonical import distributions_digest
from crawler.archive.manifest import ManifestFile, RunFacts, build_manifest, newest_runs, previous_manifests
from crawler.archive.signing import Signer, load_signer, seal_run
from crawler.archive.timestamps import stamp_pending, stamp_run
from crawler.options.options import SealOptions
from crawler.storage import Storage

logger = logging.getLogger(__name__)

LIBRARIES = ("boto3", "lxml", "pyarrow", "scrapy", "trafilatura", "twisted", "warcio")


@dataclass(frozen=True, kw_only=True, slots=True)
class Seal:
    """The means of sealing, the same for every run with these settings."""

    signer: Signer | None
    authorities: Sequence[str]
    operator: str | None
    settings_sha256: str

    @classmethod
    def of(cls, options: SealOptions) -> "Seal":
        """Load the signing key. Raises UsageError and ArchiveError for a key that cannot be used."""
        return cls(
            signer=load_signer(options.signing_key) if options.signing_key else None,
            authorities=options.authorities,
            operator=options.operator,
            settings_sha256=options.settings_sha256,
        )

    def facts(self, run_id: str, site: str, *, began: datetime, ended: datetime) -> RunFacts:
        """Return what the manifest says of the run: times, operator, host, software, settings and key."""
        return RunFacts(
            run_id=run_id,
            site=site,
            began=began,
            ended=ended,
            operator=self.operator,
            host=socket.gethostname(),
            software={
                "warraq": __version__,
                "python": sys.version.split()[0],
                **{name: version(name) for name in LIBRARIES},
            },
            distributions_sha256=distributions_digest(),
            settings_sha256=self.settings_sha256,
            key_id=self.signer.key_id if self.signer else None,
        )

    def put_on(
        self,
        spool: Path,
        storage: Storage,
        facts: RunFacts,
        files: Sequence[ManifestFile],
        recent: Sequence[str] = (),
    ) -> None:
        """Write the manifest, its signature and its time stamps into the spool, to be delivered.

        Asks each authority over the network: call it on a thread. Raises ArchiveError.
        """
        site, run_id = facts.site, facts.run_id
        manifest = build_manifest(facts, files, previous_manifests(storage, site, run_id, recent))
        signature = seal_run(spool, manifest, self.signer)
        if signature is not None and self.authorities:
            problems = stamp_run(spool, facts.run_id, signature, self.authorities)
            runs = newest_runs(storage, site, run_id, recent)
            problems += stamp_pending(storage, spool, runs, self.authorities)
            for problem in problems:
                logger.warning("%s", problem)
