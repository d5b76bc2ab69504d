"""Read articles out of HTML, WARC and WACZ files, in extraction lanes."""
