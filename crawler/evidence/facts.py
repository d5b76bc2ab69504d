"""What a bundle knows of its page: the records' own words, the manifests, the time stamps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.x509 import Certificate

from crawler.archive.records import WarcReader
from crawler.errors import ArchiveError
from crawler.evidence.holdings import Held
from crawler.evidence.manifests import Chains, Sealed
from crawler.evidence.stamps import Stamp
from crawler.storage import Storage
from crawler.tables.subject import Subject

_MAX_WARCINFO = 1_000_000  # bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A picture of the page that an earlier run made and recorded."""

    name: str  # in the bundle: picture.png or picture.pdf
    warc: str  # key of the WARC file with its record
    offset: int
    length: int
    moment: datetime
    software: str  # the browser that made it


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """Everything that the parts of a bundle are written from."""

    subject: Subject
    head: Mapping[str, str]  # fields of the page's record, by lower-case name
    warcinfo: Mapping[str, str]  # fields of the first record of its WARC file
    held: Sequence[Held]
    chains: Chains
    stamps: Mapping[str, Stamp]  # by the key of the token in the archive
    keys: Mapping[str, bytes]  # public keys in PEM, by id
    roots: Sequence[Certificate]  # of time stamp authorities, which the maker of the bundle trusts
    pictures: Sequence[Picture]
    is_on_s3: bool

    @property
    def run(self) -> Sealed | None:
        """The manifest of the run that recorded the page."""
        run_id = self.chains.owners.get(self.subject.warc_file)
        return self.chains.runs[run_id] if run_id else None

    @property
    def covering(self) -> dict[str, Stamp]:
        """The time stamps that cover the page: on its run's manifest, or on one that leads back to it."""
        runs = self.chains.leading_to(self.run.run_id) if self.run else frozenset()
        return {key: stamp for key, stamp in self.stamps.items() if key.split("/")[1] in runs}

    @property
    def key_ids(self) -> list[str]:
        """The ids of the keys that the manifests name."""
        ids = {run.manifest.facts.key_id for run in self.chains.runs.values()}
        return sorted(each for each in ids if each)


def record_head(storage: Storage, subject: Subject) -> Mapping[str, str]:
    """Read the fields of the page's record. Raises ArchiveError where another record is there."""
    with storage.open(subject.warc_file, subject.warc_offset, subject.warc_length) as stream:
        record = next(iter(WarcReader(stream, name=subject.warc_file)))
        if record.kind != "response" or record.headers.get("warc-record-id") != subject.record_id:
            raise ArchiveError(
                f"{subject.warc_file} in {storage.address} does not hold the record {subject.record_id} at "
                f"byte {subject.warc_offset}; scrapy verify names the damage."
            )
        return record.headers


def warcinfo_fields(storage: Storage, warc: str) -> Mapping[str, str]:
    """Read the fields of the first record of a WARC file, by lower-case name."""
    with storage.open(warc) as stream:
        record = next(iter(WarcReader(stream, name=warc)))
        data = b""
        while len(data) < _MAX_WARCINFO and (piece := record.block.read()):
            data += piece
    pairs = (line.partition(":") for line in data.decode("utf-8", "replace").splitlines())
    return {name.strip().lower(): value.strip() for name, _, value in pairs if name.strip()}


def makers(facts: Facts) -> dict[str, list[str]]:
    """Collect what names the maker of the archive: value by kind of name."""
    manifests = [run.manifest.facts for run in facts.chains.runs.values()]
    found: dict[str, set[str | None]] = {
        "operator": {*(each.operator for each in manifests), facts.warcinfo.get("operator")},
        "host": {*(each.host for each in manifests), facts.warcinfo.get("hostname")},
        "user-agent": {facts.warcinfo.get("http-header-user-agent")},
        "ip": {facts.warcinfo.get("ip")},
        "key": set(facts.key_ids),
    }
    return {kind: sorted(value for value in values if value) for kind, values in found.items()}
