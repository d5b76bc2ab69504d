"""Looking at a site before it is crawled: is it healthy, and how would it be described?

`process.survey` asks a live site within bounds, `report` says what came of it, `draft` makes a Site of it,
`source_file` and `recorded_case` write the site's file and its test.
"""
