"""The files of deploy/scrapyd as an administrator uses them: good eggs, broken eggs, schedules."""

import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import needs
from tests.crawl.running import MAX_SECONDS
from tests.scrapyd.deploying import run_in
from tests.scrapyd.server import DEPLOY, Scrapyd, running_scrapyd

CRON_FIELDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
UNITS = DEPLOY / "systemd"


@pytest.fixture(autouse=True)
def curl() -> None:
    """The scripts of deploy/scrapyd call it."""
    needs.program("curl", package="curl")


@pytest.fixture
def broken_egg(server: Scrapyd, tmp_path: Path) -> Path:
    """Return the deployed egg with its settings cut off in a line; a broken site file is only left out."""
    [egg] = server.folder.glob("eggs/warraq/*.egg")
    broken = tmp_path / "broken.egg"
    with zipfile.ZipFile(egg) as good, zipfile.ZipFile(broken, "w") as bad:
        for name in good.namelist():
            content = good.read(name)
            if name == "settings/production.py":
                content = content[: content.index(b"os.environ.get(") + 15]
            if not name.startswith("settings/production.") or name.endswith(".py"):
                bad.writestr(name, content)
    return broken


@pytest.fixture(scope="module")
def idle_server(server: Scrapyd, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scrapyd]:
    """A server that never looks into its queue, so that what is queued stays there."""
    home = tmp_path_factory.mktemp("idle")
    with running_scrapyd(home, eggs=server.folder / "eggs", conf="poll_interval = 3600") as idle:
        yield idle


@pytest.fixture
def unchanged(server: Scrapyd) -> Iterator[None]:
    """Check that the test leaves the server's versions as they were."""
    before = server.ask("listversions.json?project=warraq")["versions"]
    yield
    assert server.ask("listversions.json?project=warraq")["versions"] == before


def test_the_sites_of_the_egg(server: Scrapyd) -> None:
    spiders = server.ask("listspiders.json?project=warraq")["spiders"]
    assert {"arabs_today", "baladi_news", "news", "step_agency"} <= set(spiders)
    assert zipfile.is_zipfile(next(server.folder.glob("eggs/warraq/*.egg")))


def test_scrapyd_deploy_succeeds_with_a_broken_egg(server: Scrapyd, project: Path, broken_egg: Path) -> None:
    """This is why deploy.sh exists. The test fails when a later release reports a broken egg."""
    ran = run_in(project, "scrapyd-deploy", "--egg", str(broken_egg), "--version", "broken")
    assert ran.returncode == 0
    assert '"status": "error"' in ran.stdout
    assert "broken" in server.ask("listversions.json?project=warraq")["versions"]
    assert server.ask("delversion.json", {"project": "warraq", "version": "broken"})["status"] == "ok"


@pytest.mark.usefixtures("unchanged")
def test_a_broken_egg_is_reported_and_removed(project: Path, broken_egg: Path) -> None:
    ran = run_in(project, "deploy/scrapyd/deploy.sh", "default", "--egg", str(broken_egg))
    assert ran.returncode == 1
    assert "SyntaxError" in ran.stdout
    assert "could not be loaded and was removed" in ran.stderr


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("target", "netrc", "message"),
    [("default", "", "Deploy failed (401)"), ("elsewhere", None, "Unknown target: elsewhere")],
)
def test_a_server_that_refuses_the_egg(
    project: Path, tmp_path: Path, target: str, netrc: str | None, message: str
) -> None:
    home = tmp_path if netrc is not None else project
    ran = run_in(project, "deploy/scrapyd/deploy.sh", target, HOME=str(home))
    assert ran.returncode == 1
    assert message in ran.stderr


def test_a_good_egg_is_deployed(server: Scrapyd, project: Path) -> None:
    before = server.ask("listversions.json?project=warraq")["versions"]
    ran = run_in(project, "deploy/scrapyd/deploy.sh")
    assert ran.returncode == 0, ran.stderr
    [new] = set(server.ask("listversions.json?project=warraq")["versions"]) - set(before)
    assert server.ask("delversion.json", {"project": "warraq", "version": new})["status"] == "ok"


def test_a_crawl_that_cannot_be_queued_is_an_error(server: Scrapyd, project: Path) -> None:
    queued = run_in(project, "deploy/scrapyd/schedule.sh", "no_such_site", SCRAPYD_URL=server.url)
    assert (queued.returncode, queued.stdout) == (1, "")
    assert "spider 'no_such_site' not found" in queued.stderr
    unreachable = run_in(project, "deploy/scrapyd/schedule.sh", "news", SCRAPYD_URL="http://127.0.0.1:1")
    assert unreachable.returncode != 0
    assert "curl" in unreachable.stderr


def cron_lines() -> list[list[str]]:
    """Return five fields and a command for each line, as in crontab(5)."""
    lines = (DEPLOY / "crontab").read_text().splitlines()
    return [line.split(None, 5) for line in lines if line[:1].isdigit() or line[:1] == "*"]


@pytest.mark.parametrize("line", cron_lines(), ids=lambda line: line[5].split()[1])
def test_a_line_of_the_crontab_queues_its_crawl(idle_server: Scrapyd, project: Path, line: list[str]) -> None:
    for field, (least, most) in zip(line[:5], CRON_FIELDS, strict=True):
        assert field == "*" or least <= int(field) <= most
    assert not re.search(r"(?<!\\)%", line[5]), "cron takes the rest of the line for the command's input"
    queue(idle_server, project, line[5].replace(r"\%", "%"))


def test_the_unit_queues_its_crawl(idle_server: Scrapyd, project: Path) -> None:
    [command] = re.findall(r"^ExecStart=(.*)$", (UNITS / "warraq-crawl@.service").read_text(), re.MULTILINE)
    queue(idle_server, project, command.replace("%%", "%").replace("%i", "step_agency"))


def queue(server: Scrapyd, project: Path, command: str) -> None:
    """Run a command of the delivered files against a server that starts no job, and check its queue."""
    command = command.replace("/opt/warraq/", f"{DEPLOY}/")
    ran = run_in(project, "sh", "-c", command, SCRAPYD_URL=server.url)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    [waiting] = server.ask("listjobs.json")["pending"]
    assert waiting["spider"] in command
    assert {"since", "url"} & set(waiting["args"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", waiting["args"].get("since", "2026-01-01"))
    answer = server.ask("cancel.json", {"project": "warraq", "job": waiting["id"]})
    assert answer["prevstate"] == "pending"


def test_systemd_understands_the_units(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is missing: apt-get install systemd")
    program = needs.environment_program("scrapyd", "scrapyd")
    for unit in UNITS.iterdir():
        text = unit.read_text().replace("/opt/warraq/venv/bin/scrapyd", program)
        (tmp_path / unit.name).write_text(text)
    ran = subprocess.run(
        [analyze, "verify", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        timeout=MAX_SECONDS,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
