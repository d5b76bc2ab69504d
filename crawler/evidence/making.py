"""Makes a bundle of evidence about one page: reads and checks the archive first, writes then."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.x509 import Certificate

from crawler import __version__
from crawler.archive.cdxj_index import IndexLine
from crawler.archive.signing import PublicKey, Signer
from crawler.errors import ArchiveError, UsageError
from crawler.evidence.checking import check_promises, check_seals
from crawler.evidence.claims import Shape
from crawler.evidence.facts import Facts, Picture, makers, record_head, warcinfo_fields
from crawler.evidence.holdings import Held, holdings
from crawler.evidence.manifests import chains_of
from crawler.evidence.redaction import redact_wacz, traces
from crawler.evidence.stamps import read_stamp
from crawler.evidence.writing import write_bundle
from crawler.storage import Storage
from crawler.storage.durable import new_file
from crawler.tables.subject import Subject
from crawler.wacz.one_page import write_page

SOFTWARE = f"Warraq {__version__}"
_MAX_TOKEN = 1_000_000  # bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What the user asked for."""

    keys: Sequence[PublicKey] = ()
    roots: Sequence[Certificate] = ()
    signer: Signer | None = None  # signs the list of the files
    redact: bool = False
    whole_files: bool = False
    pictures: Sequence[Picture] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """A bundle that is read and checked, and not written yet."""

    facts: Facts
    shape: Shape
    asked: Asked
    wacz: Path

    def reveals(self) -> list[tuple[str, list[str]]]:
        """List what the bundle would reveal about its maker: kinds of SENTENCES["reveals"] and values."""
        if self.shape.redacted:
            named = [
                value for kind, values in makers(self.facts).items() if kind != "key" for value in values
            ]
            found = sorted(set(traces(self.wacz, named)))
            return [("other-addresses", found)] if found else []
        revealed = [(kind, values) for kind, values in makers(self.facts).items() if values]
        indexes = sorted({held.index for held in self.facts.held})
        revealed.append(("other-addresses", indexes))
        if self.facts.chains.runs:
            revealed.append(("runs", [f"{len(self.facts.chains.runs):,} manifests"]))
        return revealed

    def write(self, target: Path, storage: Storage) -> int:
        """Write the file; return its size in bytes. Raises ArchiveError."""
        try:
            with new_file(target) as (sink, _):
                write_bundle(sink, storage, self.facts, self.shape, self.wacz, self.asked.signer)
        except FileExistsError:
            raise ArchiveError(f"{target} has appeared meanwhile; nothing was overwritten.") from None
        except OSError as error:
            raise ArchiveError(f"{target} cannot be written: {error.strerror or error}.") from error
        return target.stat().st_size


@contextmanager
def prepared(storage: Storage, subject: Subject, asked: Asked) -> Iterator[Prepared]:
    """Collect everything about a page into a temporary folder, and check it against its manifests.

    Raises ArchiveError where the archive is not what its manifests promise: a bundle of it would prove
    nothing.
    """
    head = record_head(storage, subject)
    with TemporaryDirectory(prefix="warraq-evidence-") as name:
        folder = Path(name)
        wacz, held = _make_wacz(storage, subject, folder)
        warcs = {each.warc for each in held} | {picture.warc for picture in asked.pictures}
        chains = chains_of(storage, warcs)
        stamps = {}
        for run in chains.runs.values():
            for token in run.stamps:
                key = f"runs/{run.run_id}/{token}"
                with storage.open(key, 0, _MAX_TOKEN) as stream:
                    stamps[key] = read_stamp(stream.read())
        keys = {key.key_id: key for key in asked.keys}
        if asked.signer is not None:
            keys[asked.signer.key_id] = asked.signer.public
        check_promises(storage, chains, subject.warc_file, {each.index for each in held})
        check_seals(storage, chains, keys, asked.roots)
        facts = Facts(
            subject=subject,
            head=head,
            warcinfo=warcinfo_fields(storage, subject.warc_file),
            held=held,
            chains=chains,
            stamps=stamps,
            keys={key_id: key.to_pem() for key_id, key in keys.items()},
            roots=asked.roots,
            pictures=asked.pictures,
            is_on_s3=storage.address.startswith("s3://"),
        )
        shape = Shape(
            redacted=asked.redact,
            whole_files=asked.whole_files and not asked.redact,
            signed_with=asked.signer.key_id if asked.signer and not asked.redact else None,
        )
        if asked.redact:
            wacz = _redacted(wacz, held, folder)
        yield Prepared(facts=facts, shape=shape, asked=asked, wacz=wacz)


def _make_wacz(storage: Storage, subject: Subject, folder: Path) -> tuple[Path, list[Held]]:
    """Write a WACZ of the capture with its requisites, and list what it holds."""
    path = folder / "page.wacz"
    write_page(path, storage, subject, software=SOFTWARE)
    held = holdings(storage, path, subject.site)
    if not any(_is_subject(each.origin, each.warc, subject) for each in held):
        raise ArchiveError(
            f"The index of {subject.warc_file} in {storage.address} does not name the record of the page; "
            "scrapy verify names the damage."
        )
    return path, held


def _is_subject(line: IndexLine, warc: str, subject: Subject) -> bool:
    return warc == subject.warc_file and line.offset == subject.warc_offset


def _redacted(wacz: Path, held: Sequence[Held], folder: Path) -> Path:
    path = folder / "redacted.wacz"
    with path.open("wb") as sink:
        redact_wacz(wacz, sink, held, title="Captures of one page", software=SOFTWARE)
    return path


def check_target(target: Path) -> None:
    """Raise an error where the file cannot be made: before the archive is read."""
    if target.exists():
        raise ArchiveError(f"{target} exists already; name another file, or move it away.")
    if not target.absolute().parent.is_dir():
        raise UsageError(f"{target} cannot be written: there is no folder {target.parent}.")
