"""Warraq: crawls Arabic news sites, keeps what they served, reads the article out of each page."""

__version__ = "0.1.0"
