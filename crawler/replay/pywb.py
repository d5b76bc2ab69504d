"""Show the archive in a browser: pywb on loopback, with one index of all captures, reads records by range.

pywb gets no keys and needs no network: it reads each record through range_server on loopback.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import NoReturn

from crawler.archive.cdxj_index import IndexLine, indexes, read_index, sizes_of, without_index
from crawler.archive.names import warc_key
from crawler.archive.sorted_lines import SortedLines
from crawler.errors import ArchiveError, WarraqError
from crawler.replay.range_server import LOOPBACK, serving
from crawler.storage import Storage
from crawler.tables.withheld import withheld

COLLECTION = "archive"  # first part of the paths of pywb's addresses
_PROGRAM = "wayback"
_VERSION = re.compile(r"pywb (\d+)\.(\d+)")
_START_SECONDS = 60.0
_STOP_SECONDS = 5.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Replay:
    """A running pywb."""

    address: str  # the collection's, with / at its end
    example: str  # the address of one page in the collection
    process: "subprocess.Popen[bytes]"


def find_pywb(project: Path) -> Path:
    """Return pywb's program: beside the running Python, in the project's .venv-readers, or on PATH.

    Raises WarraqError where pywb is not installed.
    """
    folders = [Path(sys.executable).parent, project / ".venv-readers" / "bin"]
    folders += [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    for folder in folders:
        found = shutil.which(_PROGRAM, path=str(folder))
        if found and _is_pywb(Path(found)):
            return Path(found).absolute()
    raise WarraqError("pywb, which shows the archive, is not installed: make readers installs it.")


def _is_pywb(program: Path) -> bool:
    """Return whether a program is pywb's; other programs are called wayback, too."""
    try:
        output = subprocess.run(  # noqa: S603 - found by name, asked for its version
            [program, "--version"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=_environment(),
        ).stdout
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return False
    return _VERSION.match(output) is not None


def _environment() -> dict[str, str]:
    """Return the environment for pywb: no keys, no proxies, no settings of another pywb."""
    kept = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"NO_PROXY": "*"}


def replay_until_interrupted(
    storage: Storage, pywb: Path, *, site: str | None, port: int, on_problem: Callable[[str], object]
) -> None:
    """Open the archive in pywb, print its address, and return after Ctrl-C or a signal to end.

    `on_problem` gets a sentence about WARC files without an index. Raises what `replaying` raises, and
    WarraqError where pywb ends by itself.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):  # killed, or its terminal was closed
        signal.signal(number, _interrupt)
    try:
        sys.stderr.write(f"Reading the index of {storage.address} …\n")
        with replaying(storage, pywb, site=site, port=port) as replay:
            if unread := without_index(storage, site):
                on_problem(f"{len(unread):,} WARC files have no index in the archive and cannot be shown.")
            sys.stdout.write(
                f"The archive is open at {replay.address}\n"
                f"One of its pages:        {replay.example}\n"
                "Ctrl-C ends it.\n"
            )
            sys.stdout.flush()
            code = replay.process.wait()
        raise WarraqError(f"pywb has ended by itself, with exit code {code}.")
    except KeyboardInterrupt:
        return


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    """Do what Ctrl-C does, so that pywb and the range server are ended."""
    raise KeyboardInterrupt


@contextmanager
def replaying(storage: Storage, pywb: Path, *, site: str | None = None, port: int = 0) -> Iterator[Replay]:
    """Run pywb over an archive, or over one site of it, until the block ends; port 0 is any free one.

    Raises ArchiveError where the archive cannot be read or holds no page, WarraqError where the port is taken
    or pywb does not start.
    """
    with ExitStack() as stack:
        port = _checked_port(port)
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="warraq-replay-")))
        keys = indexes(storage, site)
        origin = stack.enter_context(serving(storage, sizes_of(storage, keys, site)))
        example = write_index(storage, keys, folder / "index.cdxj")
        _write_paths(keys, origin, folder / "paths.txt")
        _write_config(folder)
        process = stack.enter_context(_running(pywb, folder, port))
        address = f"http://{LOOPBACK}:{port}/{COLLECTION}/"
        _wait_until_ready(process, port, folder / "log")
        yield Replay(address=address, example=f"{address}{example.timestamp}/{example.url}", process=process)


def write_index(storage: Storage, keys: list[str], path: Path) -> IndexLine:
    """Write all index lines in order; return the line of the page to show first."""
    best: IndexLine | None = None
    hidden = withheld(storage).keys
    with SortedLines() as lines, path.open("wb") as file:
        for key in keys:
            for line in read_index(storage, key):
                if line.key in hidden:
                    continue
                lines.add(f"{line.text()}\n".encode("ascii"))
                if best is None or _rank(line) > _rank(best):
                    best = line
        file.writelines(lines)
    if best is None:
        raise ArchiveError(f"The archive {storage.address} holds no pages.")
    return best


def _rank(line: IndexLine) -> tuple[bool, bool, int]:
    """Return a rank that is highest for articles: their addresses are longer than those of sections."""
    return line.status == HTTPStatus.OK, line.mime == "text/html", len(line.key)


def _write_paths(keys: list[str], origin: str, path: Path) -> None:
    """Write the address of each WARC file, sorted by its name: pywb searches this file by bisection."""
    warcs = sorted((warc.rpartition("/")[2], warc) for warc in map(warc_key, keys))
    path.write_text("".join(f"{name}\t{origin}/{warc}\n" for name, warc in warcs), encoding="ascii")


def _write_config(folder: Path) -> None:
    """Write pywb's configuration as JSON, which is YAML; paths are relative to its working directory."""
    config = {
        "collections": {COLLECTION: {"index": "./index.cdxj", "archive_paths": "./paths.txt"}},
        "enable_auto_colls": False,  # only this collection, even if the folder holds more
    }
    (folder / "config.yaml").write_text(json.dumps(config), encoding="utf-8")


def _checked_port(port: int) -> int:
    """Return the port, or a free one for 0. Raises WarraqError where the port cannot be used."""
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
    """Run pywb in a session of its own: Ctrl-C reaches this process alone, which then ends pywb."""
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
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not _answers(port):
        if process.poll() is not None or time.monotonic() > deadline:
            last = log.read_text(errors="replace").strip().rpartition("\n")[2] or "its log is empty"
            raise WarraqError(f"pywb does not start: {last[:300]}")
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
