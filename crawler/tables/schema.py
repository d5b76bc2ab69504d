"""The Parquet schema of `articles/`.

Moments are strings in RFC 3339 with the zone they were given in: a Parquet timestamp would keep the instant
and lose the zone. `layers` is a map; pyarrow's `to_pylist` and pandas give a map as a list of pairs.
"""

import pyarrow as pa

from crawler.tables.columns import COLUMNS, Kind

_TYPES = {
    Kind.TEXT: pa.string(),
    Kind.MOMENT: pa.string(),
    Kind.INTEGER: pa.int64(),
    Kind.TEXT_LIST: pa.list_(pa.field("element", pa.string(), nullable=False)),
    Kind.TEXT_MAP: pa.map_(pa.string(), pa.field("value", pa.string(), nullable=False)),
}

ARTICLES = pa.schema(
    [pa.field(name, _TYPES[column.kind], nullable=not column.required) for name, column in COLUMNS.items()]
)
