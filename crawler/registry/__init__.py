"""The table of outlets: one row for each, with the source of every claim. docs/outlets.md describes it."""
