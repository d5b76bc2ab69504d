"""Write the tables of docs/stories.md: `python -m docs.story_tables` replaces what stands between its marks."""

import sys
from pathlib import Path

from crawler.stories.tables import TABLES

DOCUMENT = Path(__file__).with_name("stories.md")
BEGIN, END = "<!-- tables -->\n", "<!-- end of tables -->\n"
_KINDS = {"list": "list of strings", "ints": "list of integers"}


def tables() -> str:
    """Return the columns of all tables, in Markdown."""
    parts = []
    for table, columns in TABLES.items():
        rows = "".join(
            f"| `{name}` | {_KINDS.get(kind, kind)} | {meaning} |\n"
            for name, (kind, meaning) in columns.items()
        )
        parts.append(f"### `stories/{table}.parquet`\n\n| column | type | meaning |\n|---|---|---|\n{rows}")
    return "\n".join(parts)


def filled(text: str) -> str:
    """Return the document with the tables of the code."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{tables()}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    DOCUMENT.write_text(filled(DOCUMENT.read_text("utf-8")), "utf-8")
    sys.stdout.write(f"{DOCUMENT}\n")
