"""All articles of an archive read again from its WARC files, into a generation beside the one that is there.

Knows nothing of Scrapy. docs/reextraction.md tells what a generation is.
"""
