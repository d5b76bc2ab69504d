"""The settings of the project. Each line that differs from Scrapy's default says why.

local.py and production.py hold differences only. Any of them can be overridden with -s NAME=VALUE.
docs/settings.md describes the settings that Scrapy does not have.
"""

BOT_NAME = "warraq"  # default "scrapybot"
SPIDER_MODULES = ["spiders"]  # one file for each site
NEWSPIDER_MODULE = "spiders"  # where scrapy genspider would write
SPIDER_LOADER_CLASS = "crawler.spider.loader.SiteLoader"  # default: one broken file stops every command
COMMANDS_MODULE = "crawler.commands"  # its crawl takes the place of Scrapy's own

# --- Ours ------------------------------------------------------------------------------------------------
ARCHIVE = "archive"  # a folder, or s3://bucket/prefix
SPOOL: str | None = None  # where files lie until they are safe; None: .spool in a folder archive, else spool
CLOCK_TOLERANCE = 86_400  # seconds between the clocks of machine and server; beyond, no crawl
SPOOL_MAX_BYTES = 20_000_000_000  # when more waits for the archive, the crawl waits
WARC_TEXT = False  # also write the text of articles into WARC files, as conversion records
WARC_MAX_BYTES = 1_000_000_000  # a WARC file is closed and delivered at this size
OPERATOR: str | None = None  # who runs the crawl, for the warcinfo record
SIGNING_KEY: str | None = None  # file of the key that signs manifests (scrapy keygen makes one)
TIMESTAMP_AUTHORITIES: list[str] = []  # addresses of RFC 3161 authorities that stamp each signature
CONTACT_URL = ""  # a page that says who crawls and why, for owners of sites; part of the user agent
EXTRACTION_LANES = 0  # processes that read articles; 0: one for each core
EXTRACTION_TIMEOUT = 20  # seconds for one page; then its lane is killed and the page is dropped, counted
RECHECK = "1h,6h,1d,7d"  # ages at which an article is fetched again; empty: never
REQUISITES = "images"  # fetched for stored articles: none, images, or all that a browser needs
REQUISITES_PER_PAGE = 40  # at most, for one page or style sheet
REQUISITE_MAX_BYTES = 10 * 1024 * 1024  # of one requisite; a larger one is cut, and kept as truncated
REQUISITES_SECONDS_MAX = 3600  # that a run fetches requisites after its last page; the next run goes on
REQUISITES_HOSTS_MAX = 50  # that a run fetches requisites from, each with a robots.txt of its own
RETRY_AFTER_MAX = 120  # seconds for which a Retry-After can pause a host at most
BUSY_SECONDS_MAX = 900  # seconds for which the 429s and 503s of one host can delay a run
BUSY_ANSWERS_MAX = 20  # 429s and 503s of one host in a row; then the run sends it no more requests
HEADERS_MAXSIZE = 256 * 1024  # bytes before a body; Scrapy and Twisted bound only a single line
ROBOTS_MAXSIZE = 512 * 1024  # bytes of a robots.txt that are read; RFC 9309 requires 500 KiB at least
CRAWL_DELAY_MAX = 30  # seconds between two requests at most, even if robots.txt asks for more
DELIVERY_ATTEMPTS = 5  # tries for each file at the end of a run
UPLOADS_AT_ONCE = 2  # files that are delivered at the same time; each is sent and read back
OBJECT_LOCK_MODE: str | None = None  # GOVERNANCE or COMPLIANCE: S3 lets no file be changed or removed
OBJECT_LOCK_DAYS = 365  # days from its upload for which a file is locked
CONNECT_TO: list[str] = []  # host:port:address:port, as curl's --connect-to
PRIVATE_HOSTS: list[str] = []  # host names that may resolve to private addresses
SUMMARY_TABLE = True  # print the table at the end of a crawl
PROGRESS_SECONDS = 30  # between two log lines of progress where there is no terminal
RUN_REPORT = True  # write runs/<run_id>/report.html, a page about the run; takes two seconds
HEALTH_IGNORE: list[str] = []  # names of health checks that are skipped (docs/health.md)
HEALTH_WEBHOOK: str | None = None  # http(s) address that gets a JSON object when the state of a site changes
HEALTH_EMAIL_TO: list[
    str
] = []  # get an e-mail about such a run, through the server of Scrapy's MAIL_ settings

# --- User agent and politeness -----------------------------------------------------------------------------
USER_AGENT = "Warraq/0.1"  # default: Scrapy's name; CONTACT_URL is appended
ROBOTSTXT_USER_AGENT = "Warraq"  # the name that robots.txt rules are read for
ROBOTSTXT_OBEY = True  # default False
CONCURRENT_REQUESTS = 4  # default 16; a run is one site, and queued requests delay its end
CONCURRENT_REQUESTS_PER_DOMAIN = 2  # default 8; many outlets have small servers
DOWNLOAD_DELAY = 0.25  # default 0; never faster than this to one host
DOWNLOAD_DELAY_JITTER = 0.2  # default 0.5; an even pace is easier on a server than bursts
AUTOTHROTTLE_ENABLED = True  # default False; a slow server gets a slower crawl
AUTOTHROTTLE_START_DELAY = 1.0  # default 5; the first responses correct it

# --- Requests and responses ---------------------------------------------------------------------------------
DOWNLOAD_HANDLERS = {
    "http": "crawler.capture.handler.CaptureHandler",  # keeps the exact bytes of each exchange
    "https": "crawler.capture.handler.CaptureHandler",
    "ftp": None,  # no article is there
    "s3": None,
    "file": None,  # a page must not make the crawl read the local disk
    "data": None,
}
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "ar,en;q=0.5",  # default en
    "Accept-Encoding": "gzip, deflate",  # Scrapy offers br and zstd, which WARC tools cannot all read
}
DOWNLOAD_MAXSIZE = 32 * 1024 * 1024  # default 1 GiB; an exchange is in memory until it is written
DOWNLOAD_WARNSIZE = 0  # default 32 MiB; cut responses are counted, so no warning is needed
DOWNLOAD_TIMEOUT = 60  # default 180
DOWNLOAD_FAIL_ON_DATALOSS = False  # the part that arrived is kept in the WARC file as truncated, and read
METAREFRESH_MAXDELAY = 1  # default 100; news pages reload themselves after a while, and that is no redirect
FEED_EXPORT_ENCODING = "utf-8"  # default: JSON with \u escapes, in which Arabic cannot be read
COOKIES_ENABLED = False  # default True; no state with a site, and no list of public suffixes is fetched
TELNETCONSOLE_ENABLED = False  # default True; an open port that the project does not use
REMOTE_CONTROL_ENABLED = False  # default True; an open port that the project does not use
REFERRER_POLICY = "no-referrer"  # default: send it; a site need not know how a page was found

# --- Components --------------------------------------------------------------------------------------------
CONCURRENT_ITEMS = 1  # default 100, tasks that Scrapy starts for each response; a page is one item
DOWNLOADER = "crawler.politeness.downloader.BoundedDownloader"  # keeps the bound of each host in bursts, too
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,  # replaced by
    "crawler.politeness.robots.Robots": 100,  # follows RFC 9309
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # the spider checks and counts
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,  # replaced by
    "crawler.capture.compression.BoundedCompression": 590,  # bounds the number of content codings
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,  # replaced by
    "crawler.spider.refresh.ImmediateRefresh": 580,  # asks also whether the page holds text
    "crawler.politeness.retry_after.RetryAfter": 560,  # gets the response before the retry middleware (550)
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
