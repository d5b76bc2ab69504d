"""Earlier runs of a site, made of a real one: the same files under other names, with manifests that hold."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

from crawler.archive.manifest import Manifest, Previous
from crawler.archive.names import CHECKSUMS_NAME, MANIFEST_NAME, RunId, run_key

_TEXTS = (".cdxj", ".json", ".txt", ".html", ".jsonl")


def files_of(run_id: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Choose the files of one run among those of an archive."""
    run = RunId.of(run_id)
    return {
        key: content for key, content in files.items() if f"-{run.suffix}" in key and "ledger/" not in key
    }


def earlier_runs(run_id: str, files: Mapping[str, bytes], count: int) -> Iterator[dict[str, bytes]]:
    """Yield the files of so many runs before a real one, whose `files` these are, an hour apart.

    The manifest of each names that of the one before it.
    """
    run = RunId.of(run_id)
    manifest = Manifest.parse(files[run_key(run_id, MANIFEST_NAME)])
    previous: tuple[Previous, ...] = ()
    for number in range(count):
        back = timedelta(hours=count - number)
        clone = RunId(f"{run.began - back:%Y%m%d%H%M%S}", run.site, f"{number:06x}")
        made = {
            _renamed(key, run, clone): _rewritten(key, content, run, clone) for key, content in files.items()
        }
        folder = f"runs/{clone}/"
        facts = replace(
            manifest.facts,
            run_id=str(clone),
            began=manifest.facts.began - back,
            ended=manifest.facts.ended - back,
        )
        entries = (
            replace(file, key=key, size=len(made[key]), sha256=hashlib.sha256(made[key]).hexdigest())
            for file in manifest.files
            for key in [_renamed(file.key, run, clone)]
        )
        own = Manifest(
            facts=facts, files=tuple(sorted(entries, key=lambda file: file.key)), previous=previous
        )
        made[folder + MANIFEST_NAME] = own.to_bytes()
        made[folder + CHECKSUMS_NAME] = own.checksums()
        previous = (Previous(run_id=str(clone), sha256=own.sha256()),)
        yield made


def _renamed(text: str, run: RunId, clone: RunId) -> str:
    """Put another run's moment and suffix into a name, or into a text that holds names."""
    return text.replace(run.stamp, clone.stamp).replace(f"-{run.suffix}", f"-{clone.suffix}")


def _rewritten(key: str, content: bytes, run: RunId, clone: RunId) -> bytes:
    if not key.endswith(_TEXTS):
        return content
    return _renamed(content.decode(), run, clone).encode()
