"""Invented newspapers on a loopback server, for a first crawl and for the tests."""
