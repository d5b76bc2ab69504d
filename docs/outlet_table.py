"""Write docs/outlets.md out of the table of outlets.

python -m docs.outlet_table > docs/outlets.md
"""

import sys
from collections.abc import Iterator

from crawler.registry.outlet import INDEPENDENT_LISTS, Outlet
from crawler.registry.table import lists_naming, origins, outlets
from crawler.registry.view import CHECKED, by_country

INTRODUCTION = """<!-- Made by: python -m docs.outlet_table > docs/outlets.md -->
# Outlets

[crawler/registry/outlets.csv](../crawler/registry/outlets.csv) is a table of Arabic-language news outlets, one row
for each, with the origin of every claim. Each row is a spider: `scrapy crawl alriyadh`. A file in `spiders/` with
the name of a row replaces it, for sites that need their own knowledge ([sites.md](sites.md)).

```sh
scrapy sites --country SY --kind agency      # filter by country, kind, checked, platform
scrapy sites alriyadh                        # what is known of one outlet, and from where
scrapy sites --count                         # figures by country
scrapy sites --csv > outlets.csv
```

A row that is `listed` or `declared` was not compared with the site itself. Sites change
their addresses and close; `scrapy check-site NAME` asks the site.

## Correct a row

Open `crawler/registry/outlets.csv` in a spreadsheet or an editor, change one line, and send it. Leave a cell empty
rather than guess. When you fill in a cell, name its origin in `known_from`:

```text
domain outlet_en = wikidata, bbc_mediaguide; country city = general_knowledge
```

that is: claims, `=`, their origins; groups are separated by `;`. The origins are rows of
[origins.csv](../crawler/registry/origins.csv); add one for a list that is not there. A wrong row fails when the
table is loaded, with its line and the reason: `scrapy list` shows it.

## Check all rows

```sh
scrapy check-site --all --limit-time 3600 -s CONTACT_URL=https://you.example/crawler
git apply outlets.patch
```

The first command checks the outlets, four at a time, those that were never checked first; each check sends at most
20 requests at the pace of a crawl. It starts none after the time, and writes `outlets.patch`: a healthy outlet
becomes `live` with the day of the check, and the others get a note with the first problem. Read the patch before
you apply it. `scrapy check-site NAME` shows all problems of one outlet.

## The columns

| column | meaning |
|---|---|
| `name` | The name of the spider and of the folders in the archive. Never changed. |
| `domain` | The host without `www.`; its subdomains belong to the outlet. |
| `path` | For an outlet below a path of a shared domain: `/arabic/`. |
| `hosts` | Further hosts of the outlet, of its feeds for example; blanks between. |
| `former_domains` | Domains that it used before; blanks between. |
| `outlet_ar`, `outlet_en` | Its names. If the Arabic one is empty, the other is used. |
| `aliases` | Other spellings on its pages; <code>&#124;</code> between. |
| `country`, `city`, `timezone` | Those of its editorial office: ISO 3166-1 alpha-2, a name, an IANA zone. Empty for outlets without one Arab country. |
| `languages` | Languages of the articles to keep; blanks between. |
| `kind` | `daily`, `agency`, `broadcaster`, `local`, `magazine`, `online`, or empty. |
| `owner` | `state` or `private`, only if this is firm public knowledge. |
| `platform` | The content management system, in lower case. |
| `sources` | `feed=`, `sitemap=`, `wordpress=`, `listing=` or `detect=` and an address; blanks between. Empty: `detect` from the home page. |
| `rhythm` | How often it publishes, as the outlet says: `hourly`, `daily`, `weekly`, `monthly`. What its crawls learn is kept in the archive ([health.md](health.md)); `scrapy sites NAME` shows it. |
| `encoding` | The character encoding, if it is not UTF-8. |
| `checked`, `checked_on` | See below, and the day of the check. |
| `known_from` | The origins of the claims, as above. |
| `notes` | Anything else. |

## What `checked` means

| `checked` | meaning |
|---|---|"""


def page() -> Iterator[str]:
    """Yield the lines of docs/outlets.md."""
    yield INTRODUCTION
    yield from (f"| `{name}` | {meaning}. |" for name, meaning in CHECKED.items())
    found = outlets().values()
    lists = sum(len(lists_naming(outlet)) >= INDEPENDENT_LISTS for outlet in found)
    yield f"\n## Figures\n\n{len(found)} outlets; the domain of {lists} is in at least two public lists.\n"
    rows = by_country(found)
    yield f"| country | outlets | {' | '.join(CHECKED)} | in two lists | Arabic name known |"
    yield f"|---|{'---|' * (len(CHECKED) + 3)}"
    for row in rows:
        yield f"| {' | '.join(str(value) if value != '' else 'none' for value in row.values())} |"
    yield "\n## Origins\n\n| origin | kind | edition | outlets | description |\n|---|---|---|---|---|"
    for origin in origins().values():
        count = sum(any(origin.name in names for names in outlet.known_from.values()) for outlet in found)
        yield f"| `{origin.name}` | {origin.kind} | {origin.dated} | {count} | {origin.description} |"
    yield "\n## The outlets\n\n| spider | outlet | country | domain | checked |\n|---|---|---|---|---|"
    yield from map(line_of, found)


def line_of(outlet: Outlet) -> str:
    """Return the line of one outlet."""
    names = " · ".join(filter(None, (outlet.outlet_ar, outlet.outlet_en)))
    cells = f"`{outlet.name}`", names, outlet.country, f"{outlet.domain}{outlet.path}", outlet.checked
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


if __name__ == "__main__":
    sys.stdout.write("\n".join(page()).rstrip() + "\n")
