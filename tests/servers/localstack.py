"""LocalStack's S3 on loopback: an emulator of Amazon's S3 that knows Object Lock and If-Match."""

import http.client
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PYTHON = REPOSITORY / ".venv-localstack" / "bin" / "python"
_READY_WITHIN = 60.0  # seconds
_STOPPED_WITHIN = 10.0  # seconds
# The kernel ends a server whose parent was killed (PR_SET_PDEATHSIG is 1).
_DIE_WITH_US = """
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGKILL)
os.execv(sys.argv[1], sys.argv[1:])
"""


class LocalStackError(Exception):
    """LocalStack cannot run here; the message gives the remedy."""


@dataclass(frozen=True, slots=True)
class LocalStack:
    """A running server; it accepts every access key."""

    endpoint_url: str
    access_key: str = "test"
    secret_key: str = "test"
    region: str = "us-east-1"


@contextmanager
def running_localstack() -> Iterator[LocalStack]:
    """Start the server in a temporary folder; stop it and remove the folder in any case."""
    with tempfile.TemporaryDirectory(prefix="localstack-", ignore_cleanup_errors=True) as folder:
        home, port = Path(folder), _free_port()
        with (home / "log").open("wb") as log:
            process = subprocess.Popen(
                [str(PYTHON), "-c", _DIE_WITH_US, str(PYTHON), "-m", "localstack.runtime.main"],
                cwd=home,
                env=_environment(home, port),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            _wait_until_ready(process, home / "log", port)
            yield LocalStack(f"http://127.0.0.1:{port}")
        finally:
            os.killpg(process.pid, signal.SIGKILL)  # its data is removed, so it has nothing to finish
            process.wait(_STOPPED_WITHIN)


def _environment(home: Path, port: int) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TMPDIR": str(home),
        "SERVICES": "s3",
        "EAGER_SERVICE_LOADING": "1",  # else the first request waits for it
        "GATEWAY_LISTEN": f"127.0.0.1:{port}",
        "DNS_ADDRESS": "0",
        "DISABLE_EVENTS": "1",  # else it reports its use over the network
        "SKIP_SSL_CERT_DOWNLOAD": "1",
        "FILESYSTEM_ROOT": str(home / "filesystem"),
    }


def _free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(process: "subprocess.Popen[bytes]", log: Path, port: int) -> None:
    deadline = time.monotonic() + _READY_WITHIN
    while not _answers(port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise LocalStackError(f"LocalStack is not up: {log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.1)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/_localstack/health")
        return b'"s3": "running"' in connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
