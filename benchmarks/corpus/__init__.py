"""Real pages with known answers, served on loopback under their own names and crawled as a user would."""
