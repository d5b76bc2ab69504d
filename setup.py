"""scrapyd-deploy builds the egg through this file; pyproject.toml says what is in it."""

from setuptools import setup

setup()
