"""OpenStack Swift as an S3 server on loopback: its account, container, object and proxy servers."""

import http.client
import os
import pwd
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PROGRAMS = REPOSITORY / ".venv-swift" / "bin"
_PYTHON = str(PROGRAMS / "python")
_READY_WITHIN = 30.0  # seconds
_STOPPED_WITHIN = 10.0  # seconds
_ACCESS_KEY, _SECRET_KEY = "test:tester", "testing"
_STORES = ("object", "container", "account")
_RING_PROGRAM = """
import sys
from swift.common.ring import RingBuilder
for argument in sys.argv[1:]:
    name, _, port = argument.partition(":")
    builder = RingBuilder(part_power=4, replicas=1, min_part_hours=0)
    disk = {"region": 1, "zone": 1, "ip": "127.0.0.1", "port": int(port), "device": "d1", "weight": 1.0}
    builder.add_dev(disk)
    builder.rebalance()
    builder.get_ring().save(name + ".ring.gz")
"""
# The kernel ends a server whose parent was killed (PR_SET_PDEATHSIG is 1).
_DIE_WITH_US = """
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGKILL)
os.execv(sys.argv[1], sys.argv[1:])
"""
_FILTERS = (
    "catch_errors gatekeeper healthcheck cache listing_formats bulk s3api tempauth copy slo dlo symlink"
)


class SwiftError(Exception):
    """Swift cannot run here; the message gives the remedy."""


@dataclass(frozen=True, slots=True)
class Swift:
    """A running server and its only account."""

    endpoint_url: str
    access_key: str = _ACCESS_KEY
    secret_key: str = _SECRET_KEY
    region: str = "us-east-1"


@contextmanager
def running_swift() -> Iterator[Swift]:
    """Start the four servers in a temporary folder; stop them and remove it in any case."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="swift-")))
        _require_attributes(home)
        ports = dict(zip((*_STORES, "proxy"), _free_ports(4), strict=True))
        _configure(home, ports)
        for name in (*_STORES, "proxy"):
            stack.enter_context(_running(home, name))
        _wait_until_ready(home, ports)
        yield Swift(f"http://127.0.0.1:{ports['proxy']}")


def _require_attributes(home: Path) -> None:
    probe = home / "probe"
    probe.touch()
    try:
        os.setxattr(probe, "user.swift.probe", b"1")
    except OSError as error:
        raise SwiftError(
            f"The file system of {home} keeps no user attributes, which Swift needs ({error.strerror}); "
            "set TMPDIR to a folder on ext4, xfs or btrfs."
        ) from error


def _free_ports(count: int) -> list[int]:
    """Return so many different ports that are free now."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _configure(home: Path, ports: dict[str, int]) -> None:
    (home / "disk" / "d1").mkdir(parents=True)
    (home / "swift.conf").write_text(
        "[swift-hash]\nswift_hash_path_suffix = tests\n[storage-policy:0]\nname = only\ndefault = yes\n"
    )
    _build_rings(home, ports)
    for name in _STORES:
        (home / f"{name}.conf").write_text(
            f"{_defaults(home, ports[name])}devices = {home}/disk\n"
            "mount_check = false\nfallocate_reserve = 0\n"
            f"[pipeline:main]\npipeline = {name}-server\n"
            f"[app:{name}-server]\nuse = egg:swift#{name}\n"
        )
    filters = {name: f"[filter:{name}]\nuse = egg:swift#{name}\n" for name in _FILTERS.split()}
    filters["cache"] = "[filter:cache]\nuse = egg:swift#memcache\nmemcache_servers = 127.0.0.1:9\n"
    filters["s3api"] += "location = us-east-1\n"
    filters["tempauth"] += f"user_{_ACCESS_KEY.replace(':', '_')} = {_SECRET_KEY} .admin\n"
    (home / "proxy.conf").write_text(
        f"{_defaults(home, ports['proxy'])}[pipeline:main]\npipeline = {_FILTERS} proxy-server\n"
        "[app:proxy-server]\nuse = egg:swift#proxy\naccount_autocreate = true\n" + "".join(filters.values())
    )


def _defaults(home: Path, port: int) -> str:
    user = pwd.getpwuid(os.getuid()).pw_name
    return (
        f"[DEFAULT]\nbind_ip = 127.0.0.1\nbind_port = {port}\nswift_dir = {home}\n"
        f"user = {user}\nworkers = 0\nlog_level = WARNING\nlog_address = {home}/no-syslog\n"
    )


def _build_rings(home: Path, ports: dict[str, int]) -> None:
    """Build a ring of one disk for each store, in one process: starting Python nine times takes seconds."""
    program = [_PYTHON, "-c", _RING_PROGRAM, *(f"{name}:{ports[name]}" for name in _STORES)]
    done = subprocess.run(program, cwd=home, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SwiftError(f"Swift's rings cannot be built: {done.stderr}")


@contextmanager
def _running(home: Path, name: str) -> Iterator[None]:
    """Run one server in a session of its own, which is killed as a whole with its children."""
    with (home / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            [_PYTHON, "-c", _DIE_WITH_US, _PYTHON, str(PROGRAMS / f"swift-{name}-server"), f"{name}.conf"],
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)  # its data is removed, so it has nothing to finish
    process.wait(_STOPPED_WITHIN)


def _wait_until_ready(home: Path, ports: dict[str, int]) -> None:
    deadline = time.monotonic() + _READY_WITHIN
    for name, port in ports.items():
        while not _listens(name, port):
            if time.monotonic() > deadline:
                raise SwiftError(f"Swift's {name} server is not up: {_tail(home / f'{name}.log')}")
            time.sleep(0.05)


def _listens(name: str, port: int) -> bool:
    if name != "proxy":
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthcheck")
        return connection.getresponse().read() == b"OK"
    except OSError:
        return False
    finally:
        connection.close()


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:] or "its log is empty"
