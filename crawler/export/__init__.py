"""Export a selection of the articles as one file, with a manifest of the selection and its sources.

Knows nothing of Scrapy. docs/analysis.md describes the formats.
"""
