"""The command: its options, and one sentence where a room cannot be opened."""

import signal
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.browse.opened import Room, browse_command, environment, opened
from tests.crawl.running import PROJECT, scrapy
from tests.servers.s3 import environment as s3_environment
from tests.servers.swift import Swift


def run(archive: Path, *options: str, cache: Path) -> "subprocess.CompletedProcess[str]":
    return scrapy("browse", str(archive), *options, env={"XDG_CACHE_HOME": str(cache)}, seconds=60)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--host", "0.0.0.0"], "add --password-file FILE or --token"),  # noqa: S104
        (["--token", "--password-file", "x"], "Choose one of"),
        (["--password-file", "/nowhere/at/all"], "cannot be read"),
        (["--port", "70000"], "--port 70000 is no port"),
        (["--port", "-1"], "--port -1 is no port"),
        (["--refresh", "0"], "must be 1 to"),
        (["--replay", "javascript:alert(1)"], "is no http or https address"),
        (["--port"], "expected one argument"),
        (["one", "two"], "Name one archive at most"),
        (["--script"], "There is no option --script"),
    ],
)
def test_options_without_a_meaning(tmp_path: Path, options: Sequence[str], sentence: str) -> None:
    done = run(tmp_path, *options, cache=tmp_path / "cache")
    assert done.returncode == 2
    assert sentence in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("content", [b"short", b"two\nlines of text", b"\xff\xfe\xfd not text", b""])
def test_a_password_that_is_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "password"
    path.write_bytes(content)
    done = run(tmp_path, "--password-file", str(path), cache=tmp_path / "cache")
    assert done.returncode == 2
    assert str(path) in done.stderr
    assert content.decode("latin-1").strip() not in done.stderr or not content


def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run(tmp_path, "--port", str(taken.getsockname()[1]), cache=tmp_path / "cache")
    assert done.returncode == 1
    assert done.stderr.startswith("scrapy browse: Port ")
    assert "is in use" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_folder_that_cannot_be_an_archive(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    done = run(file, "--port", "0", cache=tmp_path / "cache")
    assert done.returncode == 2
    assert "is a file" in done.stderr


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    done = run(tmp_path / "none", "--port", "0", cache=tmp_path / "cache")
    assert done.returncode == 1
    assert "there is no such folder" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it(tmp_path: Path, number: signal.Signals) -> None:
    command = browse_command(tmp_path, "--port", "0")
    with subprocess.Popen(
        command,
        cwd=PROJECT,
        env=environment(tmp_path / "cache"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            assert "open at" in process.stdout.readline()
            process.send_signal(number)
            assert process.wait(timeout=60) in {0, -number}
        finally:
            process.kill()
        assert "Traceback" not in process.stderr.read()


def test_an_archive_on_s3(
    demo_archive: Path, tmp_path: Path, swift: Swift, bucket: str, swift_client: object
) -> None:
    for path in sorted(demo_archive.rglob("*")):
        key = str(path.relative_to(demo_archive))
        if path.is_file() and not key.startswith("."):
            swift_client.upload_file(str(path), bucket, f"news/{key}")  # type: ignore[attr-defined]
    env = s3_environment(swift)
    with opened(f"s3://{bucket}/news", tmp_path / "cache", env=env) as room:
        found = room.get("/search?q=%D9%85%D9%8A%D8%A7%D9%87")
        assert found.status == 200
        address = found.text.split('href="/article/')[1].partition('"')[0]
        assert room.get(f"/article/{address}").status == 200
        record = room.get(f"/article/{address}/record")
        assert record.body[:2] == b"\x1f\x8b"


def test_a_package_that_is_not_installed(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "import importlib.util as u\n"
        "found = u.find_spec\n"
        "u.find_spec = lambda name, *more: None if name in {'uvicorn', 'tantivy'} else found(name, *more)\n"
        "from scrapy.cmdline import execute\n"
        f"sys.argv = ['scrapy', 'browse', {str(tmp_path)!r}]\n"
        "execute()\n"
    )
    done = subprocess.run(
        [browse_command(tmp_path)[0], "-c", program],
        cwd=PROJECT, capture_output=True, text=True, check=False, env=environment(tmp_path / "cache"),
    )  # fmt: skip
    assert done.returncode == 1
    assert "needs tantivy, uvicorn; install it with: pip install 'warraq[room]'" in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_address_is_that_of_the_port(room: Room) -> None:
    assert room.address.startswith("http://127.0.0.1:")
    assert room.address.endswith("/")
