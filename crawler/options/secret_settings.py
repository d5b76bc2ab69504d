"""Keys among the settings: Scrapy logs every setting that differs from its default, so they leave them."""

import os

from scrapy.settings import BaseSettings

SECRETS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


def hide_secrets(settings: BaseSettings) -> None:
    """Move keys into this process's environment, under the names that boto3 and Scrapy read there too."""
    for name in SECRETS:
        if settings[name]:
            os.environ[name] = settings[name]
            settings.set(name, None, priority="cmdline")
