"""Makes one file about one archived page, which can be checked without this software."""
