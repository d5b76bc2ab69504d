"""What can go wrong because of what a user gave: each becomes one sentence on stderr and an exit code."""


class WarraqError(Exception):
    """Base of every error whose message is written for the person at the keyboard: one sentence, no trace."""


class UsageError(WarraqError):
    """An argument or a setting has no meaning: an unknown site, a bad date, an address that is none."""


class ArchiveError(WarraqError):
    """The archive cannot be read or written: no such folder, no such bucket, refused key, full disk."""


class InvalidUrlError(WarraqError):
    """A text that is no absolute http or https URL."""
