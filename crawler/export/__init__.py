"""A part of the articles as one file, with a manifest that says what was asked and what it is from.

Knows nothing of Scrapy. docs/analysis.md describes what comes out.
"""
