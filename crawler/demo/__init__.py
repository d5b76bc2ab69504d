"""Invented newspapers on a loopback server: for trying the crawler out and for its tests."""
