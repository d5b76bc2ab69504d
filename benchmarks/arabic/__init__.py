"""The public benchmark of reading Arabic news pages: docs/benchmark.md describes it."""
