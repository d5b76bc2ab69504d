"""Settings for a workstation: the archive is a folder below the current one."""

from settings.base import *  # noqa: F403
