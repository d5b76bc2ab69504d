"""An archive of version 0.1 as it was written then, and the newspaper that it was crawled from."""
