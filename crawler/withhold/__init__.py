"""Withholds pages from readers, and shows them again: a decision is recorded, and no byte is removed."""
