"""Many small tables of a closed month become one, in a run of its own that says what it replaced.

Knows nothing of Scrapy. docs/analysis.md tells readers what they see of it, docs/archive.md what it proves.
"""
