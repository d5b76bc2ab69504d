"""One demo newspaper, crawled twice, signed and stamped: what bundles of evidence are made of."""

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crawler.archive.signing import PASSPHRASE, PRIVATE_NAME, PUBLIC_NAME, generate_key
from crawler.demo.outlets import OUTLETS
from crawler.demo.server import serve
from crawler.picture.browser import NAMES
from tests.crawl.archive_reading import articles
from tests.crawl.running import crawl, scrapy
from tests.evidence.checking import unpacked
from tests.verify.authority import Authority, make_authority, serving

OUTLET = OUTLETS["barada"]
OPERATOR = "A small archive"
ENVIRONMENT = {PASSPHRASE: "words that only the tests know"}


@dataclass(frozen=True)
class Proven:
    """An archive whose runs are signed and stamped."""

    archive: Path
    key: Path  # public
    private: Path
    authority: Authority
    row: dict[str, Any]  # the article that the bundles are about

    def evidence(self, target: Path, *options: str, archive: str | None = None, **more: Any) -> str:
        """Run the command, and return its output."""
        result = scrapy(
            "evidence",
            self.row["id"],
            archive or str(self.archive),
            "--output",
            str(target),
            *options,
            **more,
        )
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def trusted(self) -> list[str]:
        """The words that name key and authority, for the command and for verify.sh."""
        return ["--key", str(self.key), "--tsa-root", str(self.authority.root_pem)]


@pytest.fixture(scope="session")
def proven(tmp_path_factory: pytest.TempPathFactory) -> Proven:
    folder = tmp_path_factory.mktemp("proven")
    generate_key(folder / "keys", ENVIRONMENT[PASSPHRASE])
    authority = make_authority(folder / "authority")
    with (
        serve([OUTLET]) as stand,
        serving(lambda question: (200, authority.answer(question))) as stamps,
    ):
        for limit in ("2", "2"):
            result = crawl(
                "news",
                folder / "archive",
                arguments={"url": OUTLET.home, "limit": limit},
                connect_to=stand.connect_to(),
                settings={
                    "REQUISITES": "all",
                    "OPERATOR": OPERATOR,
                    "SIGNING_KEY": str(folder / "keys" / PRIVATE_NAME),
                    "TIMESTAMP_AUTHORITIES": stamps,
                },
                env=ENVIRONMENT,
            )
            assert result.returncode == 0, result.stderr[-3000:]
        rows = sorted(articles(folder / "archive"), key=lambda row: row["fetched_at"])
        pictured = [rows[0], rows[-1]] if any(map(shutil.which, NAMES)) else []
        for row in pictured:
            result = scrapy(
                "picture",
                row["id"],
                settings={
                    "ARCHIVE": str(folder / "archive"),
                    "SIGNING_KEY": str(folder / "keys" / PRIVATE_NAME),
                    "TIMESTAMP_AUTHORITIES": stamps,
                },
                env=ENVIRONMENT,
            )
            assert result.returncode == 0, result.stderr
    return Proven(
        archive=folder / "archive",
        key=folder / "keys" / PUBLIC_NAME,
        private=folder / "keys" / PRIVATE_NAME,
        authority=authority,
        row=rows[-1],
    )


@pytest.fixture(scope="session")
def signed_bundle(proven: Proven, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle whose list of files is signed, unpacked."""
    folder = tmp_path_factory.mktemp("signed")
    settings = {"SIGNING_KEY": str(proven.private)}
    proven.evidence(folder / "page.zip", *proven.trusted(), settings=settings, env=ENVIRONMENT)
    return unpacked(folder / "page.zip", folder / "bundle")


@pytest.fixture(scope="session")
def plain_bundle(proven: Proven, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle whose list of files is not signed, unpacked: a forger can write that list anew."""
    folder = tmp_path_factory.mktemp("plain")
    proven.evidence(folder / "page.zip", *proven.trusted())
    return unpacked(folder / "page.zip", folder / "bundle")


@pytest.fixture
def bundle(plain_bundle: Path, tmp_path: Path) -> Path:
    """A copy to forge."""
    return Path(shutil.copytree(plain_bundle, tmp_path / "bundle"))


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
