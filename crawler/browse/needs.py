"""The packages that only the reading room needs."""

from importlib.util import find_spec

from crawler.errors import WarraqError

PACKAGES = ("jinja2", "starlette", "tantivy", "uvicorn")


def check_packages() -> None:
    """Raise WarraqError with the command that installs what is missing."""
    missing = [name for name in PACKAGES if find_spec(name) is None]
    if missing:
        raise WarraqError(
            f"The reading room needs {', '.join(missing)}; install it with: pip install 'warraq[room]'"
        )
