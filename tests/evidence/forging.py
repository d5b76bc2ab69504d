"""Changes a bundle as a forger would: with all the digests made anew that need no key."""

import gzip
import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

Head = list[tuple[str, str]]
Change = Callable[[Head, bytes], tuple[Head, bytes]]


def relist(bundle: Path) -> None:
    """Write SHA256SUMS anew."""
    paths = [path for path in sorted(bundle.rglob("*")) if path.is_file() and path.name != "SHA256SUMS"]
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(bundle)}\n"
        for path in paths
        if path.name != "SHA256SUMS.sig"
    ]
    (bundle / "SHA256SUMS").write_text("".join(lines))


def subject(bundle: Path) -> dict[str, str]:
    lines = (bundle / "subject.txt").read_text().splitlines()
    return {name: value for name, _, value in (line.partition("=") for line in lines)}


def set_subject(bundle: Path, **values: str) -> None:
    content = subject(bundle) | values
    (bundle / "subject.txt").write_text("".join(f"{name}={value}\n" for name, value in content.items()))


def change_article(bundle: Path, *, text: str, **values: Any) -> None:
    (bundle / "article.txt").write_text(text)
    row = json.loads((bundle / "article.json").read_text()) | values
    (bundle / "article.json").write_text(json.dumps(row, ensure_ascii=False, indent=1) + "\n")


def change_record(bundle: Path, change: Change, **fields: str) -> None:
    """Change the page's record in the WACZ, its place in records.txt, and fields of its line there."""
    rows = [row.split(" ", 4) for row in (bundle / "records.txt").read_text().splitlines()]
    with zipfile.ZipFile(bundle / "page.wacz") as wacz:
        members = {name: wacz.read(name) for name in wacz.namelist()}
    wanted = subject(bundle)["record_id"]
    own = next(row for row in rows if wanted.encode() in gzip.decompress(_member(members, row)))
    old = _member(members, own)
    head, block = _parsed(gzip.decompress(old))
    new = gzip.compress(_formatted(*change(head, block)), mtime=0)
    start = int(own[1])
    members[own[0]] = members[own[0]][:start] + new + members[own[0]][start + len(old) :]
    for row in rows:
        if row[0] == own[0] and int(row[1]) > start:
            row[1] = str(int(row[1]) + len(new) - len(old))
    own[2] = str(len(new))
    key, stamp, values = own[4].split(" ", 2)
    stamp = fields.pop("timestamp", stamp)
    own[4] = f"{key} {stamp} {json.dumps(json.loads(values) | fields)}"
    (bundle / "records.txt").write_text("".join(f"{' '.join(row)}\n" for row in rows))
    with zipfile.ZipFile(bundle / "page.wacz", "w") as wacz:
        for name, data in members.items():
            wacz.writestr(name, data)


def with_body(head: Head, block: bytes, change: Callable[[bytes], bytes]) -> tuple[Head, bytes]:
    """The record with another body, and its digests made anew; the demo newspapers send no chunks."""
    http, _, body = block.partition(b"\r\n\r\n")
    body = change(body)
    http = b"\r\n".join(
        b"Content-Length: %d" % len(body) if line.lower().startswith(b"content-length") else line
        for line in http.split(b"\r\n")
    )
    return with_field(head, "WARC-Payload-Digest", digest_of(body)), http + b"\r\n\r\n" + body


def with_field(head: Head, name: str, value: str) -> Head:
    return [(each, value if each == name else old) for each, old in head]


def digest_of(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _member(members: dict[str, bytes], row: list[str]) -> bytes:
    return members[row[0]][int(row[1]) : int(row[1]) + int(row[2])]


def _parsed(record: bytes) -> tuple[Head, bytes]:
    head, _, block = record.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")[1:]
    fields = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    return fields, block.removesuffix(b"\r\n\r\n")


def _formatted(head: Head, block: bytes) -> bytes:
    fields = with_field(head, "WARC-Block-Digest", digest_of(block))
    fields = with_field(fields, "Content-Length", str(len(block)))
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return f"WARC/1.1\r\n{lines}\r\n".encode() + block + b"\r\n\r\n"
