"""Makes pictures of archived pages: a browser shows the record, and nothing of the live web."""
