"""Makes the pictures of an archived page and keeps them."""

from pathlib import Path
from tempfile import TemporaryDirectory

from crawler import __version__
from crawler.errors import ArchiveError
from crawler.picture.answers import ArchivedAnswers
from crawler.picture.rendering import Limits, Rendering, render
from crawler.storage import Storage
from crawler.tables.subject import Subject
from crawler.wacz.one_page import write_page


def picture_of(program: str, storage: Storage, subject: Subject, limits: Limits) -> Rendering:
    """Show the page of a record in a browser that reaches only the archive. Raises ArchiveError."""
    with TemporaryDirectory(prefix="warraq-picture-", ignore_cleanup_errors=True) as name:
        wacz = Path(name) / "page.wacz"
        write_page(wacz, storage, subject, software=f"Warraq {__version__}")
        with ArchivedAnswers(wacz, subject.moment) as answers:
            return render(program, wacz, answers, subject.url, limits)


def write_copies(rendering: Rendering, folder: Path) -> list[Path]:
    """Write the pictures as files, too; an existing file is not replaced. Raises ArchiveError."""
    written = []
    for name, data in (("picture.png", rendering.png), ("picture.pdf", rendering.pdf)):
        path = folder / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                file.write(data)
        except OSError as error:
            raise ArchiveError(f"{path} cannot be written: {error.strerror}.") from error
        written.append(path)
    return written
