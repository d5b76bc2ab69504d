"""At the keyboard: the archive is a folder below the one where the command is given."""

from settings.base import *  # noqa: F403
