"""Merges the small tables of each closed month into one, in a run of its own with a manifest.

Does not use Scrapy. docs/analysis.md describes it for readers, docs/archive.md what it proves.
"""
