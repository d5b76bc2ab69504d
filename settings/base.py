"""Every setting of the project. A line that differs from Scrapy's default says why.

local.py and production.py hold differences only. Any of them can be overridden with -s NAME=VALUE.
docs/settings.md describes the ones that are ours.
"""

BOT_NAME = "warraq"  # default "scrapybot"
SPIDER_MODULES = ["spiders"]  # one file a site
NEWSPIDER_MODULE = "spiders"  # where scrapy genspider would write
SPIDER_LOADER_CLASS = "crawler.spider.loader.SiteLoader"  # default: one broken file stops every command
COMMANDS_MODULE = "crawler.commands"  # ours, crawl in place of Scrapy's own

# --- Ours ------------------------------------------------------------------------------------------------
ARCHIVE = "archive"  # a folder, or s3://bucket/prefix
SPOOL: str | None = None  # where files lie until they are safe; None: .spool in a folder archive, else spool
SPOOL_MAX_BYTES = 20_000_000_000  # more waiting for the archive makes the crawl wait, too
WARC_TEXT = False  # the text of articles in the WARC files, too, as conversion records
WARC_MAX_BYTES = 1_000_000_000  # a WARC file is closed and delivered at this size
OPERATOR: str | None = None  # who runs the crawl, for the warcinfo record
SIGNING_KEY: str | None = None  # file of the key that signs manifests (scrapy keygen makes one)
TIMESTAMP_AUTHORITIES: list[str] = []  # addresses that are asked for a time stamp of each signature
CONTACT_URL = ""  # where a site's owner reads who crawls, and why; stands in the user agent
EXTRACTION_LANES = 0  # processes that read articles; 0: one for each core
EXTRACTION_TIMEOUT = 20  # seconds for one page, then its lane is killed and the page counted
RECHECK = "1h,6h,1d,7d"  # ages at which an article is looked at again; empty: never
REQUISITES = "images"  # of stored articles: none, their images, or all that it takes to see their pages
REQUISITES_PER_PAGE = 40  # at most, of one page or style sheet
REQUISITE_MAX_BYTES = 10 * 1024 * 1024  # of each of them; what is larger is cut, and kept as truncated
REQUISITES_SECONDS_MAX = 3600  # that a run goes on for them after its last page; the next run has the rest
REQUISITES_HOSTS_MAX = 50  # that one run takes them from, each with a robots.txt of its own
RETRY_AFTER_MAX = 120  # seconds at most that a Retry-After can hold us
BUSY_SECONDS_MAX = 900  # seconds that the 429s and 503s of one host can hold a run
BUSY_ANSWERS_MAX = 20  # 429s and 503s of one host in a row, then the run asks it for nothing more
HEADERS_MAXSIZE = 256 * 1024  # bytes before a body; Scrapy and Twisted bound a line, never all of them
ROBOTS_MAXSIZE = 512 * 1024  # bytes of a robots.txt that are read; RFC 9309 wants 500 KiB at least
CRAWL_DELAY_MAX = 30  # seconds at most between two requests, whatever robots.txt asks for
DELIVERY_ATTEMPTS = 5  # tries for each file at the end of a run
UPLOADS_AT_ONCE = 2  # files on their way to the archive side by side; each is sent and read back
OBJECT_LOCK_MODE: str | None = None  # GOVERNANCE or COMPLIANCE: nobody may change or remove what S3 keeps
OBJECT_LOCK_DAYS = 365  # for so long from its upload
CONNECT_TO: list[str] = []  # host:port:address:port, as curl's --connect-to
PRIVATE_HOSTS: list[str] = []  # host names that may resolve to private addresses
SUMMARY_TABLE = True  # print the table at the end of a crawl
PROGRESS_SECONDS = 30  # between two log lines of progress where there is no terminal
RUN_REPORT = True  # each run leaves a page about itself, runs/<run_id>/report.html: two seconds more
HEALTH_IGNORE: list[str] = []  # names of checks of a run's health that say nothing (docs/health.md)
HEALTH_WEBHOOK: str | None = None  # http(s) address that is told of a run whose health failed
HEALTH_EMAIL_TO: list[str] = []  # who is told by e-mail, through the server of Scrapy's MAIL_ settings

# --- Who we are, and manners -------------------------------------------------------------------------------
USER_AGENT = "Warraq/0.1"  # default: Scrapy's own name; CONTACT_URL is put behind it
ROBOTSTXT_USER_AGENT = "Warraq"  # the name that robots.txt rules are read for
ROBOTSTXT_OBEY = True  # default False
CONCURRENT_REQUESTS = 4  # default 16; a run is one site, and what is queued delays its end
CONCURRENT_REQUESTS_PER_DOMAIN = 2  # default 8; newspapers run on small machines
DOWNLOAD_DELAY = 0.25  # default 0; never faster than this to one host
DOWNLOAD_DELAY_JITTER = 0.2  # default 0.5; even pacing is kinder than bursts
AUTOTHROTTLE_ENABLED = True  # default False; a slow server gets a slower crawl
AUTOTHROTTLE_START_DELAY = 1.0  # default 5; the first answers correct it

# --- What goes over the wire, and what is kept of it --------------------------------------------------------
DOWNLOAD_HANDLERS = {
    "http": "crawler.capture.handler.CaptureHandler",  # keeps the exact bytes of each exchange
    "https": "crawler.capture.handler.CaptureHandler",
    "ftp": None,  # nothing of ours is there
    "s3": None,
    "file": None,  # a page must not make us read our own disk
    "data": None,
}
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "ar,en;q=0.5",  # default en
    "Accept-Encoding": "gzip, deflate",  # Scrapy offers br and zstd, which WARC tools cannot all read
}
DOWNLOAD_MAXSIZE = 32 * 1024 * 1024  # default 1 GiB; an exchange is held in memory until it is written
DOWNLOAD_WARNSIZE = 0  # default 32 MiB; what is cut is counted, no need to warn before
DOWNLOAD_TIMEOUT = 60  # default 180
DOWNLOAD_FAIL_ON_DATALOSS = False  # what came is kept in the WARC as truncated, and read
METAREFRESH_ENABLED = False  # default True; pages that reload themselves are news pages, not redirects
FEED_EXPORT_ENCODING = "utf-8"  # default: JSON with \u escapes, which nobody reads
COOKIES_ENABLED = False  # default True; no state with a site, and no list of suffixes fetched behind our back
TELNETCONSOLE_ENABLED = False  # default True; nobody types into a running crawl
REMOTE_CONTROL_ENABLED = False  # default True; the same
REFERRER_POLICY = "no-referrer"  # a site need not learn how a page was found

# --- How it runs --------------------------------------------------------------------------------------------
CONCURRENT_ITEMS = 1  # default 100; a page is one item, and Scrapy starts so many tasks for each answer
DOWNLOADER = "crawler.politeness.downloader.BoundedDownloader"  # keeps the bound for each host in bursts, too
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,  # in its place
    "crawler.politeness.robots.Robots": 100,  # one that follows RFC 9309
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # the spider does it, and counts
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,  # in its place
    "crawler.capture.compression.BoundedCompression": 590,  # one that counts the codings
    "crawler.politeness.retry_after.RetryAfter": 560,  # before the retry middleware sees the answer (550)
}
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,  # lists bound their own depth
}
ITEM_PIPELINES = {
    "pipelines.extract.Extract": 100,
    "pipelines.validate.Validate": 200,
    "pipelines.deduplicate.Deduplicate": 300,
    "pipelines.store.Store": 400,
}
EXTENSIONS = {  # in this order; Scrapy's own have 0
    "crawler.extensions.run.RunExtension": 10,  # first of ours: nothing is set up for a crawl that cannot run
    "crawler.extensions.health.Health": 20,  # judges the run
    "crawler.extensions.monitors.Monitors": 30,  # sends the verdicts of Health, so it comes after it
    "crawler.politeness.pace.CrawlDelay": 40,  # learns the delay that robots.txt wants
    "crawler.politeness.pace.Pace": 50,  # keeps it, in place of
    "scrapy.extensions.throttle.AutoThrottle": None,
    "crawler.extensions.progress.Progress": 60,  # in place of
    "scrapy.extensions.logstats.LogStats": None,
}
LOG_LEVEL = "INFO"  # default DEBUG
DEFAULT_DROPITEM_LOG_LEVEL = "DEBUG"  # default WARNING; drops are counted by reason
