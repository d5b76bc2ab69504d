"""What a user can get wrong: one sentence, an exit code, nothing written."""

from pathlib import Path

import pytest

from tests.wacz.commanding import run_command
from tests.wacz.conftest import Archived

TO_A = ["{archive}", "--output", "{folder}/a.wacz"]
WACZ: list[tuple[list[str], int, str]] = [
    ([], 2, "--output"),
    (["{archive}", "{archive}", "--output", "{folder}/a.wacz"], 2, "one archive"),
    (["{archive}", "--output", "{folder}/there.wacz"], 1, "exists already"),
    (["{archive}", "--output", "{folder}/no/such/folder.wacz"], 1, "cannot be written"),
    ([*TO_A, "--until", "1999-12-31"], 1, "holds no capture"),
    ([*TO_A, "--since", "2099-01-01"], 1, "holds no capture"),
    ([*TO_A, "--since", "soon"], 2, "is not a date"),
    ([*TO_A, "--site", "absent"], 2, "has no site 'absent'. It has barada_example"),
    ([*TO_A, "--run", "yesterday"], 2, "names no run"),
    ([*TO_A, "--run", "20261121225500-barada_example-000000"], 1, "holds no capture"),
    ([*TO_A, "--urls", "{folder}/none"], 2, "none"),
    ([*TO_A, "--urls", "{folder}/wrong"], 2, "line 2"),
    ([*TO_A, "--urls", "{folder}/empty"], 2, "no address"),
    ([*TO_A, "--urls", "{folder}/latin"], 2, "UTF-8"),
    ([*TO_A, "--sight", "x"], 2, "no option --sight"),
    (["{folder}", "--output", "{folder}/a.wacz"], 1, "no pages"),
    (["{folder}/nowhere", "--output", "{folder}/a.wacz"], 1, "no such folder"),
]
REPLAY: list[tuple[list[str], int, str]] = [
    (["{folder}/nowhere"], 1, "no such folder"),
    ([".", "."], 2, "one archive"),
    (["--sites"], 2, "no option --sites"),
    (["{archive}", "--site", "absent"], 2, "has no site 'absent'. It has barada_example"),
    (["{archive}", "--port", "70000"], 1, "--port"),
    (["{folder}"], 1, "no pages"),
    (["s3://"], 2, "s3://"),
    (["ftp://there/x"], 2, "ftp://"),
]
FILES = {
    "there.wacz": b"mine",
    "wrong": b"http://a.example/\nnothing\n",
    "empty": b"# nothing\n",
    "latin": b"http://a.example/\xd8\xff\n",
}


@pytest.mark.parametrize(
    ("name", "words", "code", "sentence"),
    [("wacz", *case) for case in WACZ] + [("replay", *case) for case in REPLAY],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_one_sentence_and_an_exit_code(
    archived: Archived,
    tmp_path: Path,
    name: str,
    words: list[str],
    code: int,
    sentence: str,
) -> None:
    for file, content in FILES.items():
        (tmp_path / file).write_bytes(content)
    given = [word.format(archive=archived.folder, folder=tmp_path) for word in words]
    result = run_command(name, *given)
    assert sentence in result.said
    assert result.code == code
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == FILES
