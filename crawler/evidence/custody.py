"""Tells the way of a page from the site into a bundle: who did what with it, when, with which software."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from crawler.evidence.facts import Facts

_SHOWN = 12  # names of software in a sentence


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One line of the custody log."""

    moment: datetime | None  # aware
    step: str  # key of the words of the report
    details: dict[str, str]

    def record(self) -> dict[str, object]:
        moment = self.moment.isoformat() if self.moment else None
        return {"moment": moment, "step": self.step, "details": self.details}


def custody(facts: Facts, *, now: datetime, software: str, redact: bool) -> list[Step]:
    """Return the steps in their order; `redact` leaves out operator and machines."""
    return sorted(
        _steps(facts, now=now, software=software, redact=redact),
        key=lambda step: (step.moment or now).replace(microsecond=0),  # time stamps have whole seconds
    )


def _steps(facts: Facts, *, now: datetime, software: str, redact: bool) -> Iterator[Step]:
    run, subject = facts.run, facts.subject
    recorded = {
        "url": subject.url,
        "server_ip": facts.head.get("warc-ip-address", ""),
        "tls": facts.head.get("warc-cipher-suite", ""),
        "record": subject.record_id,
        "software": facts.warcinfo.get("software", ""),
    }
    if not redact:
        recorded |= {
            "operator": facts.warcinfo.get("operator", ""),
            "host": facts.warcinfo.get("hostname", ""),
        }
    yield _step(subject.moment, "recorded", recorded)
    if run is not None:
        of_run = {"files": str(len(run.manifest.files))}
        if not redact:
            versions = sorted(run.manifest.facts.software.items())[:_SHOWN]
            of_run |= {
                "run": run.run_id,
                "manifest_sha256": run.sha256,
                "key_id": run.manifest.facts.key_id or "",
                "software": ", ".join(f"{name} {version}" for name, version in versions),
            }
        yield _step(run.manifest.facts.ended, "sealed", of_run)
    for key, stamp in facts.covering.items() if not redact else ():
        yield _step(stamp.moment, "stamped", {"authority": stamp.authority, "file": key})
    for picture in facts.pictures:
        yield _step(picture.moment, "pictured", {"file": picture.name, "software": picture.software})
    place = "S3" if facts.is_on_s3 else "folder"
    if run is not None:
        checked = {"file": subject.warc_file.rpartition("/")[2], "place": place, "software": software}
        yield _step(now, "checked", checked)
    yield _step(now, "bundled", {"software": software, "place": place})


def _step(moment: datetime, step: str, details: dict[str, str]) -> Step:
    return Step(moment=moment, step=step, details={name: value for name, value in details.items() if value})
