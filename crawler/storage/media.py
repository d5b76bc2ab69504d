"""What kind of file a key names, so that browsers and replay tools that read the bucket are told."""

# No Content-Encoding for compressed files: clients would undo it, and offsets and digests with it.
_MEDIA_TYPES = {
    ".warc.gz": "application/warc",
    ".warc": "application/warc",
    ".wacz": "application/wacz",
    ".cdxj": "text/x-cdxj; charset=utf-8",
    ".parquet": "application/vnd.apache.parquet",
    ".sqlite": "application/vnd.sqlite3",
    ".json": "application/json",
    ".jsonl": "application/jsonl; charset=utf-8",
    ".tsq": "application/timestamp-query",
    ".tsr": "application/timestamp-reply",
    ".txt": "text/plain; charset=utf-8",
    ".log": "text/plain; charset=utf-8",
    ".gz": "application/gzip",
}


def media_type(key: str) -> str:
    """The Content-Type for a key, told by its ending; application/octet-stream where that tells nothing."""
    for ending, kind in _MEDIA_TYPES.items():
        if key.endswith(ending):
            return kind
    return "application/octet-stream"
