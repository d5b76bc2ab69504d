"""python -m crawler.demo, as a user starts and ends it."""

import re
import signal
import subprocess
import sys

import pytest

from crawler.demo.outlets import OUTLETS
from crawler.demo.server import Newsstand

COMMAND = [sys.executable, "-m", "crawler.demo"]


def test_prints_addresses_and_commands_and_ends_by_ctrl_c() -> None:
    with subprocess.Popen(COMMAND, stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line.startswith("Ctrl-C"):
                break
        process.send_signal(signal.SIGINT)
        try:
            assert process.wait(timeout=20) == 0
        finally:
            process.kill()
    text = "".join(lines)
    assert len(re.findall(r"http://127\.0\.0\.1:\d+/", text)) == len(OUTLETS)
    for outlet in OUTLETS.values():
        assert f"scrapy crawl news -a url={outlet.home} -s CONNECT_TO=barada.example:80:127.0.0.1:" in text


@pytest.mark.parametrize("port", ["taken", "70000"])
def test_a_port_that_cannot_be_had(stand: Newsstand, port: str) -> None:
    number = str(stand.port) if port == "taken" else port
    done = subprocess.run(
        [*COMMAND, "--port", number], capture_output=True, encoding="utf-8", check=False, timeout=20
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"The newspapers cannot open on port {number}: ")
    assert "Traceback" not in done.stderr
