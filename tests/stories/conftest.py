"""The fixtures of archives whose articles share text."""

from tests.printings import cache, printing

__all__ = ["cache", "printing"]
