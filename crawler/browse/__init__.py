"""The reading room: pages in Arabic and English over an archive, for `scrapy browse`.

Every page is made on the server, without a script. docs/browse.md describes the pages and their safety.
"""
