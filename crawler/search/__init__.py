"""Full-text search over an archive: an index derived from its tables, in the user's cache folder."""
