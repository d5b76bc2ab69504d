"""The whole way of a page, timed: loopback server, capture, reading, storing into a folder."""
