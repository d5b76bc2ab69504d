"""Look at a site before a crawl: is it healthy, and how is it described?

`process.survey` asks a live site within bounds, `report` holds the result. `draft` makes a Site from it, and
`source_file` and `recorded_case` write the site's file and its test. `sites` lists the described sites.
"""
