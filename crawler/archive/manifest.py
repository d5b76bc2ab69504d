"""The manifest of a run: all files that it left, with size and SHA-256, and the manifest before it.

A manifest has exactly one spelling: JSON with sorted keys, without spaces, in UTF-8 (RFC 8785). So two
manifests are equal if their bytes are, and the hash of the bytes identifies one.
"""

import hashlib
import itertools
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from crawler.archive.canonical import canonical_json
from crawler.archive.manifest_fields import Fields, ManifestError
from crawler.archive.names import MANIFEST_NAME, run_key, site_of_run
from crawler.archive.warc_file import ClosedWarc
from crawler.storage.base import MissingError, Storage, Stored

FORMAT = "warraq-manifest/1"
MAX_BYTES = 64_000_000  # of one manifest: a quarter of a million files
_OVERLAP = 8  # runs of a site behind which names are listed: several may go on side by side
LOOK_BACK = 16  # runs of the site among which the latest manifests are looked for

_SOFTWARE = re.compile(r"[\x21-\x7e]{1,100}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MAX_PREVIOUS = 1_000
_CHECKPOINTS = "ledger/"


@dataclass(frozen=True, kw_only=True, slots=True)
class ManifestFile:
    """One file of the run, as it was read back from the archive."""

    key: str
    size: int  # bytes
    sha256: str  # 64 lower-case hex digits
    version_id: str | None = None  # of the object, where the bucket keeps versions
    records: int | None = None  # WARC files only, as the next two
    first_date: datetime | None = None  # earliest and latest WARC-Date; aware, UTC
    last_date: datetime | None = None
    rows: int | None = None  # Parquet files only

    @classmethod
    def of(cls, stored: Stored, *, warc: ClosedWarc | None = None, rows: int | None = None) -> Self:
        """Make the entry of a delivered file; `warc` is for a WARC file, `rows` for a Parquet file."""
        return cls(
            key=stored.key,
            size=stored.size,
            sha256=stored.sha256,
            version_id=stored.version_id,
            records=warc.records if warc else None,
            first_date=warc.first_date if warc else None,
            last_date=warc.last_date if warc else None,
            rows=rows,
        )

    def record(self) -> dict[str, Any]:
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {
            name: _moment_text(value) if isinstance(value, datetime) else value
            for name, value in values.items()
            if value is not None
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Previous:
    """A reference to an earlier manifest of the same site."""

    run_id: str
    sha256: str  # 64 lower-case hex digits, over the manifest's bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class RunFacts:
    """What a manifest says of its run, beside the files."""

    run_id: str
    site: str
    began: datetime  # aware
    ended: datetime  # aware
    operator: str | None  # who ran it
    host: str  # the machine's name
    software: Mapping[str, str]  # name -> version
    distributions_sha256: str  # see distributions_digest
    settings_sha256: str  # see settings_digest
    key_id: str | None = None  # of the key that signs the manifest; None: it is not signed


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """The manifest of one run. Made by `build_manifest`, or parsed from bytes by `parse`."""

    facts: RunFacts
    files: tuple[ManifestFile, ...]  # by key
    previous: tuple[Previous, ...]  # by run; empty for a site's first manifest

    @property
    def run_id(self) -> str:
        return self.facts.run_id

    def to_bytes(self) -> bytes:
        """Return the one spelling of this manifest."""
        facts = self.facts
        return canonical_json(
            {
                "format": FORMAT,
                "run_id": facts.run_id,
                "site": facts.site,
                "began": _moment_text(facts.began),
                "ended": _moment_text(facts.ended),
                "operator": facts.operator,
                "host": facts.host,
                "software": dict(facts.software),
                "distributions_sha256": facts.distributions_sha256,
                "settings_sha256": facts.settings_sha256,
                "key_id": facts.key_id,
                "files": [file.record() for file in self.files],
                "previous": [{"run_id": each.run_id, "sha256": each.sha256} for each in self.previous],
            }
        )

    def sha256(self) -> str:
        """Return the hash by which the next manifest refers to this one; worth publishing elsewhere."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    def checksums(self, successors: Mapping[str, str] | None = None) -> bytes:
        """Return the files and the manifest itself as a list for `sha256sum -c` in the archive's root.

        `successors` maps each table that a compaction replaced to the table that holds its rows now. The line
        of such a table becomes a comment, which `sha256sum` skips.
        """
        now_in = successors or {}
        lines = [
            f"# {file.sha256}  {file.key} is now in {now_in[file.key]}\n"
            if file.key in now_in
            else f"{file.sha256}  {file.key}\n"
            for file in self.files
        ]
        lines.append(f"{self.sha256()}  {run_key(self.run_id, MANIFEST_NAME)}\n")
        return "".join(lines).encode("ascii")

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Parse the bytes of a manifest. Raises ManifestError for any other bytes."""
        if len(data) > MAX_BYTES:
            raise ManifestError(f"A manifest has at most {MAX_BYTES:,} bytes, this one has {len(data):,}.")
        try:
            value = json.loads(data.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            raise ManifestError(f"The manifest is no JSON: {error}.") from None
        fields = Fields(value, "the manifest")
        manifest = cls(facts=_facts(fields), files=_files(fields), previous=_previous(fields))
        fields.done()
        try:
            same = manifest.to_bytes() == data
        except (ValueError, OverflowError):  # half a surrogate pair; a moment before the year 1
            same = False
        if not same:
            raise ManifestError("The manifest is spelled otherwise than manifests are: it was rewritten.")
        return manifest


def build_manifest(
    facts: RunFacts, files: Iterable[ManifestFile], previous: Iterable[Previous] = ()
) -> Manifest:
    """Build the manifest of a run. Raises ManifestError for a value that a manifest cannot hold.

    Checkpoints (ledger/…) are left out: later runs replace them.
    """
    manifest = Manifest(
        facts=facts,
        files=tuple(sorted(_lasting(files), key=lambda file: file.key)),
        previous=tuple(sorted(previous, key=lambda each: each.run_id)),
    )
    return Manifest.parse(manifest.to_bytes())  # what is written must be readable


def _lasting(files: Iterable[ManifestFile]) -> Iterator[ManifestFile]:
    return (file for file in files if not file.key.startswith(_CHECKPOINTS))


def newest_runs(storage: Storage, site: str, run_id: str, recent: Collection[str] = ()) -> list[str]:
    """List the newest LOOK_BACK runs of a site other than `run_id`, in order.

    `recent` are runs of the site that are known to be among the last: with them only the names behind the
    eighth of them are listed, and the number of older runs makes no difference. Raises ArchiveError.
    """
    after = min(sorted(recent)[-_OVERLAP:], default="")
    names = {name.rstrip("/") for name in storage.list_names("runs/", after)}
    return sorted(name for name in {*names, *recent} if site_of_run(name) == site and name != run_id)[
        -LOOK_BACK:
    ]


def previous_manifests(
    storage: Storage, site: str, run_id: str, recent: Collection[str] = ()
) -> tuple[Previous, ...]:
    """Find the manifests of a site that no other one refers to yet: one, or several after parallel runs.

    Looks at `newest_runs`. Raises ArchiveError.
    """
    found: list[Previous] = []
    named: set[str] = set()
    for run in reversed(newest_runs(storage, site, run_id, recent)):
        data = read_manifest(storage, run)
        if data is None:
            continue
        found.append(Previous(run_id=run, sha256=hashlib.sha256(data).hexdigest()))
        try:
            named |= {each.run_id for each in Manifest.parse(data).previous}
        except ManifestError:  # `scrapy verify` reports it; its hash is enough here
            continue
    return tuple(each for each in reversed(found) if each.run_id not in named)


def read_manifest(storage: Storage, run_id: str) -> bytes | None:
    """Read the bytes of a run's manifest; None where it has none. Raises ArchiveError."""
    try:
        return manifest_bytes(storage, run_id)
    except MissingError:
        return None


def manifest_bytes(storage: Storage, run_id: str) -> bytes:
    """Read the bytes of a manifest that exists. Raises ArchiveError where it does not."""
    with storage.open(run_key(run_id, MANIFEST_NAME), 0, MAX_BYTES + 1) as stream:
        return stream.read(MAX_BYTES + 1)


def _moment_text(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def _facts(fields: Fields) -> RunFacts:
    if fields.text("format") != FORMAT:
        raise ManifestError(f"The manifest is of another kind than {FORMAT!r}, which this version reads.")
    facts = RunFacts(
        run_id=fields.run_id("run_id"),
        site=fields.text("site"),
        began=fields.moment("began"),
        ended=fields.moment("ended"),
        operator=fields.text_or_none("operator"),
        host=fields.text("host"),
        software=fields.texts("software", _SOFTWARE),
        distributions_sha256=fields.text("distributions_sha256", _SHA256),
        settings_sha256=fields.text("settings_sha256", _SHA256),
        key_id=fields.text_or_none("key_id", _SHA256),
    )
    if site_of_run(facts.run_id) != facts.site:
        raise ManifestError(f"The manifest is broken: the run {facts.run_id} is not of the site it names.")
    return facts


def _files(fields: Fields) -> tuple[ManifestFile, ...]:
    files = []
    for entry in fields.listed("files"):
        file = ManifestFile(
            key=entry.key("key"),
            size=entry.count("size"),
            sha256=entry.text("sha256", _SHA256),
            version_id=entry.text_or_none("version_id"),
            records=entry.count_or_none("records"),
            first_date=entry.moment_or_none("first_date"),
            last_date=entry.moment_or_none("last_date"),
            rows=entry.count_or_none("rows"),
        )
        entry.done()
        files.append(file)
    keys = [file.key for file in files]
    if any(key >= after for key, after in itertools.pairwise(keys)):
        raise ManifestError("The manifest is broken: its files are not in order, or one stands there twice.")
    return tuple(files)


def _previous(fields: Fields) -> tuple[Previous, ...]:
    found = []
    for entry in fields.listed("previous", _MAX_PREVIOUS):
        found.append(Previous(run_id=entry.run_id("run_id"), sha256=entry.text("sha256", _SHA256)))
        entry.done()
    return tuple(found)
