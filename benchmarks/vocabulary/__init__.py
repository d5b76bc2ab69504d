"""Makes crawler/arabic/vocabulary.txt.gz from wordfreq's Arabic list: docs/decisions.md has the reasons."""
