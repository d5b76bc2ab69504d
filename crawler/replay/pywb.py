"""The archive in a browser: pywb on loopback, over one index of everything, reading records by range.

pywb gets no keys and needs no network: it reads every record through our own server of ranges on loopback.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory

from crawler.archive.cdxj_index import IndexLine, indexes, read_index, sizes_of
from crawler.archive.names import warc_key
from crawler.archive.sorted_lines import SortedLines
from crawler.errors import ArchiveError, WarraqError
from crawler.replay.range_server import LOOPBACK, serving
from crawler.storage import Storage

COLLECTION = "archive"  # what pywb's addresses begin with
_PROGRAM = "wayback"
_VERSION = re.compile(r"pywb (\d+)\.(\d+)")
_READY_WITHIN = 60.0
_STOPPED_WITHIN = 5.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Replay:
    """A running pywb."""

    address: str  # of the collection, with / at its end
    example: str  # the address of one page in it
    process: "subprocess.Popen[bytes]"


def find_pywb(project: Path) -> Path:
    """The program of pywb: beside the running Python, in the project's .venv-readers, or on PATH.

    Raises WarraqError where there is none.
    """
    folders = [Path(sys.executable).parent, project / ".venv-readers" / "bin"]
    folders += [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    for folder in folders:
        found = shutil.which(_PROGRAM, path=str(folder))
        if found and _is_pywb(Path(found)):
            return Path(found).absolute()
    raise WarraqError("pywb, which shows the archive, is not installed: make readers sets it up.")


def _is_pywb(program: Path) -> bool:
    """Others have called a program of theirs wayback too."""
    try:
        said = subprocess.run(  # noqa: S603 - found by name, asked for its version
            [program, "--version"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=_environment(),
        ).stdout
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return False
    return _VERSION.match(said) is not None


def _environment() -> dict[str, str]:
    """What pywb needs of ours: no keys, no proxies, no settings of another pywb."""
    kept = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"NO_PROXY": "*"}


@contextmanager
def replaying(storage: Storage, pywb: Path, *, site: str | None = None, port: int = 0) -> Iterator[Replay]:
    """Run pywb over an archive until the block ends; `port` 0 is any free one.

    Raises ArchiveError where the archive cannot be read or holds no page, WarraqError where the port is taken
    or pywb does not start.
    """
    with ExitStack() as stack:
        port = _checked_port(port)
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="warraq-replay-")))
        keys = indexes(storage, site)
        origin = stack.enter_context(serving(storage, sizes_of(storage, keys, site)))
        example = _write_index(storage, keys, folder / "index.cdxj")
        _write_paths(keys, origin, folder / "paths.txt")
        _write_config(folder)
        process = stack.enter_context(_running(pywb, folder, port))
        address = f"http://{LOOPBACK}:{port}/{COLLECTION}/"
        _wait_until_ready(process, port, folder / "log")
        yield Replay(address=address, example=f"{address}{example.timestamp}/{example.url}", process=process)


def _write_index(storage: Storage, keys: list[str], path: Path) -> IndexLine:
    """All lines in one order; the line of a page that is good to begin with."""
    best: IndexLine | None = None
    with SortedLines() as lines, path.open("wb") as file:
        for key in keys:
            for line in read_index(storage, key):
                lines.add(f"{line.text()}\n".encode("ascii"))
                if best is None or _rank(line) > _rank(best):
                    best = line
        file.writelines(lines)
    if best is None:
        raise ArchiveError(f"The archive {storage.address} holds no pages.")
    return best


def _rank(line: IndexLine) -> tuple[bool, bool, int]:
    """Articles have longer addresses than front pages and sections."""
    return line.status == HTTPStatus.OK, line.mime == "text/html", len(line.key)


def _write_paths(keys: list[str], origin: str, path: Path) -> None:
    """Where each WARC file that an index names is to be read; pywb searches the file, so it is sorted."""
    warcs = sorted((warc.rpartition("/")[2], warc) for warc in map(warc_key, keys))
    path.write_text("".join(f"{name}\t{origin}/{warc}\n" for name, warc in warcs), encoding="ascii")


def _write_config(folder: Path) -> None:
    """JSON is YAML. Paths are relative to the folder that pywb is started in."""
    config = {
        "collections": {COLLECTION: {"index": "./index.cdxj", "archive_paths": "./paths.txt"}},
        "enable_auto_colls": False,  # nothing but our collection, whatever lies in the folder
    }
    (folder / "config.yaml").write_text(json.dumps(config), encoding="utf-8")


def _checked_port(port: int) -> int:
    """The port, or a free one for 0. Raises WarraqError where it is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except (OSError, OverflowError) as error:
            reason = error.strerror if isinstance(error, OSError) else "there is no such port"
            raise WarraqError(f"Port {port} cannot be used ({reason}); name another with --port.") from None
        return int(probe.getsockname()[1])


@contextmanager
def _running(pywb: Path, folder: Path, port: int) -> "Iterator[subprocess.Popen[bytes]]":
    """In a session of its own, so that Ctrl-C reaches us alone and we end it."""
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - the program that find_pywb checked
            [pywb, "--bind", LOOPBACK, "--port", str(port)],
            cwd=folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(_STOPPED_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + _READY_WITHIN
    while not _answers(port):
        if process.poll() is not None or time.monotonic() > deadline:
            said = log.read_text(errors="replace").strip().rpartition("\n")[2] or "it says nothing"
            raise WarraqError(f"pywb does not start: {said[:300]}")
        time.sleep(0.05)


def _answers(port: int) -> bool:
    connection = HTTPConnection(LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", f"/{COLLECTION}/")
        return connection.getresponse().status == HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()
