"""Which articles tell the same story: the work of `scrapy stories`. docs/stories.md describes the method.

Does not use Scrapy. The tables in `stories/` are derived from `articles/` and can be made again at any time.
"""
