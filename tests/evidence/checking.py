"""Runs verify.sh of a bundle on a machine that has only sh, coreutils, openssl, unzip and gzip."""

import shutil
import subprocess
import zipfile
from pathlib import Path

from tests import needs

# of coreutils, those that the script may need; everything else is not on the PATH
COREUTILS = (
    *(
        "cat",
        "comm",
        "cp",
        "cut",
        "date",
        "dirname",
        "env",
        "expr",
        "fold",
        "head",
        "join",
        "mkdir",
        "mktemp",
    ),
    *("mv", "od", "paste", "printf", "rm", "seq", "sha256sum", "sort", "split", "stat", "tac", "tail", "tee"),
    *("touch", "tr", "uniq", "wc"),
)
OTHERS = ("openssl", "unzip", "gzip")


def unpacked(path: Path, folder: Path) -> Path:
    with zipfile.ZipFile(path) as bundle:
        bundle.extractall(folder)
    return folder


def poor_machine(folder: Path) -> dict[str, str]:
    """The environment of a machine without Python, grep, sed and awk."""
    programs = folder / "programs"
    if not programs.exists():
        programs.mkdir()
        for name in (*COREUTILS, *OTHERS):
            found = shutil.which(name)
            if found is None:
                needs.missing(f"{name} is missing: apt-get install {name}")
            (programs / name).symlink_to(found)
    return {"PATH": str(programs), "HOME": str(folder), "TMPDIR": str(folder)}


def check(bundle: Path, folder: Path, *options: str, shell: str = "/bin/sh") -> tuple[int, list[str]]:
    """Return the exit code and the verdicts."""
    result = subprocess.run(
        [shell, str(bundle / "verify.sh"), *options],
        cwd="/",
        env=poor_machine(folder),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.stderr == "", result.stderr
    return result.returncode, result.stdout.splitlines()


def wrong(verdicts: list[str]) -> list[str]:
    """The subject and the sentence of each check that failed."""
    return [" ".join(line.split()[1:]) for line in verdicts if line.startswith("WRONG")]
