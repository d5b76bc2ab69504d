"""Read all articles of an archive again from its WARC files, into a generation beside the existing one.

Knows nothing of Scrapy. docs/reextraction.md describes generations.
"""
