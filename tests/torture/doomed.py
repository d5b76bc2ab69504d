"""python -m tests.torture.doomed FOLDER NUMBER OUTPUT crawl news …

Run scrapy, and kill it when it is about to make its NUMBER-th change below FOLDER: create, rename or remove a
name, write bytes with os.write, or sync a file. Of bytes to write, the first half is written. The change is
written to the file OUTPUT. With the number 0 nothing is killed, and OUTPUT gets the count of all changes.
"""

import atexit
import os
import signal
import sys
from itertools import count
from pathlib import Path
from typing import Any

_OF_NAMES = {
    "os.rename": "rename",
    "os.remove": "remove",
    "os.mkdir": "mkdir",
    "os.rmdir": "rmdir",
    "os.link": "link",
}
_TO_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Doom:
    """Counts changes, and kills the process at one of them."""

    def __init__(self, folder: str, number: int, output: Path) -> None:
        self._folder = folder
        self._number = number
        self._output = output
        self._counted = count(1)
        self.last = 0
        self._write, self._sync = os.write, os.fsync

    def watch(self) -> None:
        sys.addaudithook(self._on_event)
        os.write = self._on_write  # audit hooks see neither of these
        os.fsync = self._on_sync  # type: ignore[assignment]  # always called with a positional argument

    def _on_event(self, event: str, args: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(args[2], int) and args[2] & _TO_WRITE:
            self._consider("open", args[0])
        elif event in _OF_NAMES:
            self._consider(_OF_NAMES[event], args[0])

    def _on_sync(self, descriptor: Any) -> None:
        number = descriptor if isinstance(descriptor, int) else descriptor.fileno()
        self._consider("sync", _path_of(number))
        self._sync(descriptor)

    def _on_write(self, descriptor: int, data: Any) -> int:
        target = _path_of(descriptor)
        if self._is_fatal(target):
            self._write(descriptor, memoryview(data)[: len(data) // 2])
            self._strike("write", target)
        return self._write(descriptor, data)

    def _consider(self, change: str, path: object) -> None:
        if isinstance(path, str | bytes | os.PathLike):
            target = os.fsdecode(path)
            if self._is_fatal(target):
                self._strike(change, target)

    def _is_fatal(self, target: str) -> bool:
        if not target.startswith(self._folder):
            return False
        self.last = next(self._counted)
        return self.last == self._number

    def _strike(self, change: str, target: str) -> None:
        output = os.open(self._output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._write(output, f"{change} {target.removeprefix(self._folder)}".encode())
        os.kill(os.getpid(), signal.SIGKILL)


def _path_of(descriptor: int) -> str:
    return str(Path(f"/proc/self/fd/{descriptor}").readlink())


def main() -> None:
    folder, number, output, *command = sys.argv[1:]
    doom = Doom(folder, int(number), Path(output))
    doom.watch()
    if number == "0":
        atexit.register(lambda: Path(output).write_text(str(doom.last), encoding="ascii"))
    from scrapy.cmdline import execute  # noqa: PLC0415 - what it opens while it is loaded counts, too

    execute(["scrapy", *command])


if __name__ == "__main__":
    main()
