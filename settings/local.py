"""At the keyboard: the archive is a folder beside the project."""

from settings.base import *  # noqa: F403
