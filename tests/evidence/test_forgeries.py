"""Forged bundles: each forgery is found and named, or the bundle says that it cannot show it."""

import gzip
import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crawler.archive.canonical import canonical_json
from crawler.archive.signing import Signer
from crawler.picture.browser import NAMES
from tests import needs
from tests.evidence.checking import check, wrong
from tests.evidence.conftest import Proven
from tests.evidence.forging import (
    change_article,
    change_record,
    digest_of,
    relist,
    set_subject,
    subject,
    with_body,
    with_field,
)
from tests.verify.authority import Authority, make_authority


def runs(bundle: Path) -> list[Path]:
    """The folders of the two crawls, the oldest first; the page is of the last one, pictures came later."""
    return sorted((bundle / "archive/runs").iterdir())[:2]


def another_text(bundle: Path) -> None:
    change_article(bundle, text="نصّ آخر")


def another_text_with_its_digest(bundle: Path) -> None:
    text = "نصّ آخر"
    change_article(bundle, text=text, text_sha256=hashlib.sha256(text.encode()).hexdigest())


def article_of_another_record(bundle: Path) -> None:
    text = (bundle / "article.txt").read_text()
    change_article(bundle, text=text, warc_record_id="<urn:uuid:00000000-0000-4000-8000-000000000000>")


def another_body(bundle: Path) -> None:
    change_record(bundle, lambda head, block: with_body(head, block, lambda body: body[::-1]))


def another_body_with_its_line(bundle: Path) -> None:
    bodies: list[bytes] = []

    def changed(body: bytes) -> bytes:
        bodies.append(gzip.compress(b"<p>another page</p>", mtime=0))
        return bodies[-1]

    change_record(bundle, lambda head, block: with_body(head, block, changed))
    another = digest_of(bodies[-1])
    change_record(bundle, lambda head, block: (head, block), digest=another)


def another_body_with_line_and_index(bundle: Path) -> None:
    another_body_with_its_line(bundle)
    add_lines_to_indexes(bundle)


def add_lines_to_indexes(bundle: Path) -> None:
    for row in (bundle / "records.txt").read_text().splitlines():
        _, _, _, index, line = row.split(" ", 4)
        path = bundle / "archive" / index
        if f"{line}\n" not in path.read_text():
            path.write_text(path.read_text() + f"{line}\n")


def record_of_another_address(bundle: Path) -> None:
    url = "http://barada.example/another"
    change_record(bundle, lambda head, block: (with_field(head, "WARC-Target-URI", url), block))
    set_subject(bundle, url=url)


def subject_of_another_record(bundle: Path) -> None:
    set_subject(bundle, record_id="<urn:uuid:00000000-0000-4000-8000-000000000000>")


def earlier_moment(bundle: Path) -> None:
    moment = "2020-01-01T00:00:00.000000Z"
    change_record(bundle, lambda head, block: (with_field(head, "WARC-Date", moment), block))
    set_subject(bundle, moment=moment)


def earlier_moment_with_line_and_index(bundle: Path) -> None:
    moment = "2020-01-01T00:00:00.000000Z"
    change_record(
        bundle,
        lambda head, block: (with_field(head, "WARC-Date", moment), block),
        timestamp="20200101000000",
    )
    set_subject(bundle, moment=moment)
    add_lines_to_indexes(bundle)


def token_of_another_manifest(bundle: Path) -> None:
    first, last = runs(bundle)
    shutil.copy(first / "manifest.json.1.tsr", last / "manifest.json.1.tsr")


def no_token(bundle: Path) -> None:
    (runs(bundle)[-1] / "manifest.json.1.tsr").write_bytes(b"")


def no_signature(bundle: Path) -> None:
    (runs(bundle)[-1] / "manifest.json.sig").unlink()


def signature_of_another_manifest(bundle: Path) -> None:
    first, last = runs(bundle)
    shutil.copy(first / "manifest.json.sig", last / "manifest.json.sig")


def another_operator(bundle: Path) -> None:
    path = runs(bundle)[-1] / "manifest.json"
    path.write_bytes(canonical_json(json.loads(path.read_bytes()) | {"operator": "Another"}))


def chain_cut(bundle: Path) -> None:
    shutil.rmtree(runs(bundle)[0])


def another_first_manifest(bundle: Path) -> None:
    path = runs(bundle)[0] / "manifest.json"
    path.write_bytes(canonical_json(json.loads(path.read_bytes()) | {"host": "another"}))


def another_key_under_the_name(bundle: Path) -> None:
    [path] = (bundle / "keys").iterdir()
    path.write_bytes(Signer(Ed25519PrivateKey.generate()).public.to_pem())


def file_of_no_manifest(bundle: Path) -> None:
    (bundle / "archive/cdxj/more.cdxj").write_text("com,example)/ 20260101000000 {}\n")


FORGERIES: dict[Callable[[Path], None], str] = {
    another_text: "article article.txt is not the text",
    another_text_with_its_digest: "article The id of article.json",
    article_of_another_record: "article article.json was read from another record",
    another_body: "the body of the record is not the one",
    another_body_with_its_line: "has no line",
    another_body_with_line_and_index: "is not the file that the manifest",
    record_of_another_address: "the record is of http://barada.example/another",
    subject_of_another_record: "is not here: it was exchanged or removed",
    earlier_moment: "the record names the moment 2020-01-01",
    earlier_moment_with_line_and_index: "is not the file that the manifest",
    token_of_another_manifest: "does not hold: it is of other bytes",
    no_token: "is no time stamp",
    no_signature: "its signature is missing",
    signature_of_another_manifest: "The signature is not of the manifest",
    another_operator: "The signature is not of the manifest",
    chain_cut: "the chain was cut",
    another_first_manifest: "names another manifest of",
    another_key_under_the_name: "is not the key that its name says",
    file_of_no_manifest: "promise No manifest here names archive/cdxj/more.cdxj",
}


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
def test_a_forgery_is_found_and_named(
    forge: Callable[[Path], None], bundle: Path, proven: Proven, tmp_path: Path
) -> None:
    forge(bundle)
    relist(bundle)
    code, verdicts = check(bundle, tmp_path, *proven.trusted())
    assert code == 1
    assert any(FORGERIES[forge] in each for each in wrong(verdicts)), verdicts


@pytest.mark.parametrize("name", ["article.txt", "report.html", "custody.json", "article.json", "page.wacz"])
def test_a_changed_file_is_named_though_nothing_else_covers_it(
    name: str, bundle: Path, tmp_path: Path
) -> None:
    (bundle / name).write_bytes((bundle / name).read_bytes() + b" ")
    (bundle / "more.txt").write_text("more")
    code, verdicts = check(bundle, tmp_path)
    assert code == 1
    assert f"files {name} was changed after the bundle was made." in wrong(verdicts)
    assert "files more.txt was added: SHA256SUMS does not list it." in wrong(verdicts)


def test_a_list_that_was_written_anew_loses_its_signature(signed_bundle: Path, tmp_path: Path) -> None:
    forged = Path(shutil.copytree(signed_bundle, tmp_path / "bundle"))
    (forged / "report.html").write_text("another report")
    relist(forged)
    code, verdicts = check(forged, tmp_path)
    assert code == 1
    assert any("the list was changed" in each for each in wrong(verdicts))


def sealed_by(bundle: Path, signer: Signer, authority: Authority, **changes: str) -> None:
    """Sign and stamp every manifest anew, as a forger does who owns a key and an authority."""
    sums: dict[str, str] = {}
    for folder in sorted((bundle / "archive/runs").iterdir()):
        manifest = json.loads((folder / "manifest.json").read_bytes()) | {"key_id": signer.key_id} | changes
        for each in manifest["previous"]:
            each["sha256"] = sums[each["run_id"]]
        data = canonical_json(manifest)
        (folder / "manifest.json").write_bytes(data)
        sums[folder.name] = hashlib.sha256(data).hexdigest()
        (folder / "manifest.json.sig").write_bytes(signer.sign(data))
        question = ["ts", "-query", "-data", str(folder / "manifest.json.sig"), "-sha256", "-cert"]
        asked = subprocess.run([authority.openssl, *question], capture_output=True, check=True).stdout
        (folder / "manifest.json.1.tsr").write_bytes(authority.answer(asked))
    for kind in ("keys", "authorities"):
        shutil.rmtree(bundle / kind)
        (bundle / kind).mkdir()
    (bundle / f"keys/{signer.key_id}.pem").write_bytes(signer.public.to_pem())
    shutil.copy(authority.root_pem, bundle / "authorities/root.pem")


def test_a_bundle_sealed_with_the_key_of_another_needs_the_true_key(
    bundle: Path, proven: Proven, tmp_path: Path
) -> None:
    signer = Signer(Ed25519PrivateKey.generate())
    sealed_by(bundle, signer, make_authority(tmp_path / "forger"))
    relist(bundle)
    code, verdicts = check(bundle, tmp_path)
    assert (code, wrong(verdicts)) == (
        0,
        [],
    )  # a forger with a key of his own is not found by the bundle alone
    unproven = [line for line in verdicts if line.startswith("UNPROVEN")]
    assert any(signer.key_id in line and "--key" in line for line in unproven)
    assert any("authorities/" in line and "--tsa-root" in line for line in unproven)
    code, verdicts = check(bundle, tmp_path, "--key", str(proven.key))
    assert code == 1
    assert any("not the one that you gave" in each for each in wrong(verdicts))
    code, verdicts = check(bundle, tmp_path, "--tsa-root", str(proven.authority.root_pem))
    assert code == 1
    assert any("of another authority" in each for each in wrong(verdicts))


def test_a_clock_that_contradicts_the_time_stamp(bundle: Path, tmp_path: Path) -> None:
    signer = Signer(Ed25519PrivateKey.generate())
    sealed_by(bundle, signer, make_authority(tmp_path / "forger"), ended="2099-01-01T00:00:00.000000Z")
    relist(bundle)
    code, verdicts = check(bundle, tmp_path)
    assert code == 1
    assert any(
        each.startswith("clock The manifest says that its run ended at 2099") for each in wrong(verdicts)
    )


def test_a_page_that_is_older_than_its_run(bundle: Path, tmp_path: Path) -> None:
    earlier_moment_with_line_and_index(bundle)
    path = runs(bundle)[-1] / "manifest.json"
    manifest = json.loads(path.read_bytes())
    for file in manifest["files"]:
        kept = bundle / "archive" / file["key"]
        if kept.exists():
            file["sha256"] = hashlib.sha256(kept.read_bytes()).hexdigest()
    path.write_bytes(canonical_json(manifest))
    sealed_by(bundle, Signer(Ed25519PrivateKey.generate()), make_authority(tmp_path / "forger"))
    relist(bundle)
    code, verdicts = check(bundle, tmp_path)
    assert code == 1
    assert any("before its run" in each for each in wrong(verdicts))


def another_header(bundle: Path) -> None:
    def change(head: list[tuple[str, str]], block: bytes) -> tuple[list[tuple[str, str]], bytes]:
        return head, block.replace(b"\r\n", b"\r\nX-Forged: yes\r\n", 1)

    change_record(bundle, change)


def test_a_changed_header_needs_the_complete_file(bundle: Path, proven: Proven, tmp_path: Path) -> None:
    another_header(bundle)
    relist(bundle)
    code, verdicts = check(bundle, tmp_path, *proven.trusted())
    assert (code, wrong(verdicts)) == (0, [])
    assert any(line.startswith("UNPROVEN  warc") and "head of the record" in line for line in verdicts)
    warc = proven.archive / proven.row["warc_file"]
    code, verdicts = check(bundle, tmp_path, "--warc", str(warc))
    assert code == 1
    assert any("its head was changed" in each for each in wrong(verdicts))


def picture_of_another_page(bundle: Path, proven: Proven) -> None:
    """Take the sealed picture of another page, with the file that records its making."""
    rows = []
    for path in sorted(proven.archive.glob("runs/*/pictures.json"))[:1]:
        for kept in json.loads(path.read_text()):
            name = "picture.png" if kept["kind"] == "image/png" else "picture.pdf"
            target = bundle / "archive" / kept["warc_file"]
            shutil.copy(proven.archive / kept["warc_file"], target)
            data = target.read_bytes()[kept["warc_offset"] :][: kept["warc_length"]]
            block = gzip.decompress(data).partition(b"\r\n\r\n")[2]
            (bundle / name).write_bytes(block.removesuffix(b"\r\n\r\n"))
            place = kept["warc_offset"], kept["warc_length"]
            rows.append(f"{name} {kept['warc_file']} {place[0]} {place[1]}\n")
    (bundle / "pictures.txt").write_text("".join(rows))


def another_pdf(bundle: Path, _: Proven) -> None:
    path = bundle / "picture.pdf"
    path.write_bytes(path.read_bytes().replace(b"%%EOF", b"% a text that the page does not have\n%%EOF"))


def record_of_a_picture_changed(bundle: Path, _: Proven) -> None:
    [warc] = (bundle / "archive/warc").rglob("*.warc.gz")
    warc.write_bytes(warc.read_bytes() + gzip.compress(b"more"))


@pytest.mark.parametrize(
    ("forge", "sentence"),
    [
        (picture_of_another_page, "is of another page: it was made of the record"),
        (another_pdf, "picture.pdf is not the picture that the archive recorded"),
        (record_of_a_picture_changed, "is not the file that the manifest"),
    ],
)
def test_a_forged_picture_is_found_and_named(
    forge: Callable[[Path, Proven], None], sentence: str, bundle: Path, proven: Proven, tmp_path: Path
) -> None:
    needs.program(*NAMES, package="chromium")
    assert wrong(check(bundle, tmp_path)[1]) == []
    forge(bundle, proven)
    relist(bundle)
    code, verdicts = check(bundle, tmp_path, *proven.trusted())
    assert code == 1
    assert any(sentence in each for each in wrong(verdicts)), verdicts


def test_what_the_bundle_cannot_show_stands_in_its_report(plain_bundle: Path) -> None:
    report = (plain_bundle / "report.html").read_text()
    for words in ("Who owns the key", "the list of the files is not signed", "only the complete file"):
        assert words in report
    assert subject(plain_bundle)["url"] in report
