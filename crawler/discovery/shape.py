"""Recognise the address of an article on sites without a description. Pure; reads only the URL.

The rules come from the addresses of real Arabic outlets: dated paths, long numbers, slugs of many words,
an id in the query. In doubt an address counts as an article: a page that is none is recognised after it was
fetched, while an article that was never fetched is lost.
"""

import re
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from crawler.urls import MAX_URL

MIN_ID_DIGITS = 5  # a number this long stands for an article, a shorter one for a section
MIN_SLUG_WORDS = 4  # section names of Arabic sites seldom exceed three words
MIN_SLUG_LETTERS = 16
MAX_QUERY_FIELDS = 50
MAX_SEGMENTS = 50  # of a path; the time of reading an address grows with them


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Path parts of the sections of a site.
_SECTIONS = _words("category categories cat section sections تصنيف تصنيفات قسم اقسام أقسام")
# Path parts of lists by tag or author; they hold no article that the sections lack.
_CROSS_LISTS = _words("""
    topic topics tag tags keyword keywords label labels author authors writer writers columnist columnists
    وسم وسوم تاغ كاتب الكاتب كتاب-الرأي
""")
# Path parts of tools and static pages.
_SERVICES = _words("""
    search find query feed feeds rss atom wp-content wp-includes wp-admin wp-json wp-login.php wp-signup.php
    xmlrpc.php cdn-cgi login logout signin sign-in signup sign-up register registration account accounts user
    users profile profiles member members password cart checkout contact contactus contact-us contact_us about
    aboutus about-us about_us about.us who-we-are privacy privacy-policy privacypolicy policy policies terms
    terms-of-use terms-of-service terms-and-conditions conditions disclaimer cookies cookie-policy advertise
    advertising advertise-with-us ads subscribe subscription newsletter newsletters sitemap site-map faq help
    careers jobs staff print printnews sendtofriend email share gallery galleries photogallery photo-gallery
    album albums poll polls vote widget widgets embed match matches league leagues team teams player players
    tournament prayer-times weather currency horoscope static assets media-kit app apps api ajax oembed
    trackback comments replytocom
    بحث البحث نتائج-البحث من-نحن من_نحن عن-الموقع اتصل-بنا إتصل-بنا أتصل-بنا اتصل_بنا تواصل-معنا راسلنا
    سياسة-الخصوصية سياسة_الخصوصية سياسة-الخصوصية-وشروط-الاستخدام الخصوصية شروط-الاستخدام شروط-الإستخدام
    الشروط-والأحكام الشروط-والاحكام سياسة-الاستخدام اعلن-معنا أعلن-معنا إعلن-معنا هيئة-التحرير فريق-العمل
    فريق-التحرير خريطة-الموقع تسجيل-الدخول الرئيسية الصفحة-الرئيسية الأرشيف الارشيف وظائف اشترك-معنا
    النشرة-البريدية
""")
# Services by name that are also sections: an article below them has an id or a date of its own.
_DOUBTFUL = _words("policy policies currency weather vote apps")
_CLOSED = _SECTIONS | _CROSS_LISTS | _SERVICES
# A part after which any number or slug, however short, names an article.
_OPENING = _words("""
    article articles story stories news node post posts details detail view show read content archives item
    خبر الخبر اخبار أخبار مقال مقالات المقال
""")
_ID_FIELDS = _words("""
    id newsid news_id nid articleid article_id artid aid storyid story_id sid itemid item_id postid post_id
    contentid contentguid topicid
""")
# Query fields that choose a list, a language or a way of showing; their values name no article.
_LIST_FIELDS = _words("""
    cat cats category catid cat_id categoryid cid c sec section sections secid sectionid dept department page
    pg paged pageno start offset limit from to lang language locale tag tags author authorid user userid year
    month day date q s search query keyword sort order orderby type format output rss feed ver v version ref
    source utm_source utm_medium utm_campaign w h width height size
""")
_ARTICLE_WORD = r"(?:art|article|news|story|post|item|content|doc|khabar|maqal|خبر|مقال)s?"
_ARTICLE_FIELD = re.compile(rf"{_ARTICLE_WORD}(?:[-_]?(?:id|no|num|number|code|key|guid))?")
_ARTICLE_SCRIPT = re.compile(
    rf"(?:view|show|read|full|open|display)?[-_]?(?:{_ARTICLE_WORD}|details?|تفاصيل)"
    r"[-_]?(?:view|viewer|show|read|details?|page|full)?|view|show|read|more"
)
_FILES = _words("""
    jpg jpeg png gif webp avif svg ico bmp tif tiff pdf doc docx xls xlsx ppt pptx mp3 mp4 m4a m4v mov avi wmv
    flv webm ogg wav m3u8 zip rar gz tgz 7z exe apk css js mjs json xml rss atom txt csv ics woff woff2 ttf
""")
_PAGES = _words("html htm shtml php asp aspx jsp cms ece xhtml")

_INDEX = re.compile(r"(?:index|default|home|main)(?:\.\w{2,5})?|amp")
_EXTENSION = re.compile(r"\.([a-z][a-z0-9]{1,4})$")
_FEED = re.compile(r"rss[-_.].*")
_PAGING = re.compile(r"(?:page|صفحة)[-_]?\d*")
_YEAR = re.compile(r"(?:19|20)\d\d")
_SHORT_NUMBER = re.compile(r"\d{1,2}")
_DATE = re.compile(
    r"(?<!\d)(?:19|20)\d\d"
    r"(?:([-_.])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(?!\d)"
)
_MENU_ALIAS = re.compile(r"(?:19|20)\d\d(?:-\d\d){5}")  # Joomla's name for a menu entry with an Arabic title
_LONG_ID = re.compile(rf"(?<!\d)\d{{{MIN_ID_DIGITS},}}")
_SHORT_ID = re.compile(r"\d{2,}(?:\D.*)?")
_CODE = re.compile(r"(?=[a-z]*\d)[a-z0-9]{8,}(?:-.*)?")
_LONG_NUMBER = re.compile(rf"\d{{{MIN_ID_DIGITS},}}")
_QUERY_CODE = re.compile(r"(?=.*[A-Za-z])(?=.*\d|.*[a-z].*[A-Z])[\w+/=.-]{8,64}", re.ASCII)
_GUID = re.compile(r"[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}")
_WORD = re.compile(r"[^\W\d_]+")


def looks_like_article(url: str) -> bool:
    """Return whether an address has the shape of an article's; the host does not matter."""
    parts = _split(url)
    if parts is None:
        return False
    segments = path_segments(parts)
    if _is_closed(segments) or "print" in parts.query.lower():  # the same article for the printer
        return False
    if _query_names_article(parts):
        return True
    if segments and _INDEX.fullmatch(segments[-1]):
        segments = segments[:-1]
    if not segments or segments[-1] in _OPENING:
        return False
    return _is_dated(segments) or _has_id(segments) or any(_is_slug(segment) for segment in segments[-2:])


def may_be_article(url: str) -> bool:
    """Return whether an address of a list that mostly holds articles may be an article.

    A page that turns out to be none costs one request; an article that is never requested is lost.
    """
    parts = _split(url)
    if parts is None:
        return False
    segments = path_segments(parts)
    return bool(segments or parts.query) and not _is_closed(segments)


def leads_nowhere(url: str) -> bool:
    """Return whether an address is a tool, a file, a static page or a list by tag or author."""
    parts = _split(url)
    if parts is None:
        return True
    segments = path_segments(parts)
    return _is_file(segments) or any(
        _plain(segment) in (_SERVICES - _DOUBTFUL) | _CROSS_LISTS for segment in segments
    )


def readable(url: str) -> str:
    """Return the URL with its percent escapes decoded as UTF-8, or else as windows-1256."""
    try:
        return unquote(url, errors="strict")
    except UnicodeDecodeError:
        return unquote(url, encoding="windows-1256", errors="replace")


def path_segments(parts: SplitResult) -> list[str]:
    """Return the parts of a path in lower case and decoded, without empty ones."""
    return [text for part in parts.path.split("/") if (text := readable(part).strip().lower())]


def _split(url: str) -> SplitResult | None:
    if len(url) > MAX_URL or url.count("/") > MAX_SEGMENTS:
        return None
    try:
        return urlsplit(url)
    except ValueError:  # brackets that hold no address
        return None


def _is_closed(segments: list[str]) -> bool:
    return (
        _is_file(segments)
        or any(_closes(segments, place) for place in range(len(segments)))
        or any(_PAGING.fullmatch(segment) or _FEED.fullmatch(segment) for segment in segments[-2:])
    )


def _closes(segments: list[str], place: int) -> bool:
    """Return whether the part at a place says that the path leads to no article."""
    word, behind = _plain(segments[place]), segments[place + 1 :]
    if word in _DOUBTFUL and (_has_id(behind) or _is_dated(behind)):
        return False
    return word in _CLOSED


def _plain(segment: str) -> str:
    """Return a word without the extension of a web page if the tables hold it so."""
    return segment if segment in _SERVICES else _stem(segment)


def _is_file(segments: list[str]) -> bool:
    extension = _EXTENSION.search(segments[-1]) if segments else None
    return extension is not None and extension[1] in _FILES


def _query_names_article(parts: SplitResult) -> bool:
    try:
        fields = parse_qsl(parts.query, max_num_fields=MAX_QUERY_FIELDS)
    except ValueError:  # more fields than any article's address has
        return False
    segments = path_segments(parts)
    on_script = bool(segments) and _ARTICLE_SCRIPT.fullmatch(_stem(segments[-1])) is not None
    return any(
        _field_names_article(name.lower(), value.strip(), on_script=on_script) for name, value in fields
    )


def _field_names_article(name: str, value: str, *, on_script: bool) -> bool:
    """Return whether a query field holds an article's id; `on_script`: the path is a script for articles.

    news.php?id=12, viewart.php?art=126439, Article.php?I=3968&A=530867, news?cms=4f0c2a71e9
    """
    text = value.lower()
    if name == "p" and text.isdecimal():
        return True
    if name in _ID_FIELDS or _ARTICLE_FIELD.fullmatch(name):
        return bool(_SHORT_ID.fullmatch(text) or _GUID.fullmatch(text))
    if not on_script or name in _LIST_FIELDS or _DATE.fullmatch(text):
        return False
    return bool(_LONG_NUMBER.fullmatch(text) or _GUID.fullmatch(text) or _QUERY_CODE.fullmatch(value))


def _is_dated(segments: list[str]) -> bool:
    """Return whether the path has a date with a name or number behind it; a date alone lists a day."""
    for place, segment in enumerate(segments):
        rest = segments[place + 1 :]
        stamp = None if _MENU_ALIAS.fullmatch(segment) else _DATE.match(segment)
        if stamp and (segment[stamp.end() :].strip("-_.") or _has_name(rest)):
            return True
        if _YEAR.fullmatch(segment) and any(map(_SHORT_NUMBER.fullmatch, rest)) and _has_name(rest):
            return True
    return False


def _has_name(segments: list[str]) -> bool:
    return bool(segments) and not _SHORT_NUMBER.fullmatch(segments[-1])


def _has_id(segments: list[str]) -> bool:
    for place, segment in enumerate(segments):
        stem = _stem(segment)
        if _GUID.search(stem) or _LONG_ID.search(_DATE.sub("", stem)):
            return True
        opened = place > 0 and segments[place - 1] in _OPENING
        if opened and not _YEAR.fullmatch(stem) and (_SHORT_ID.fullmatch(stem) or _CODE.fullmatch(stem)):
            return True
    return False


def _is_slug(segment: str) -> bool:
    stem = _stem(segment)
    words = _WORD.findall(stem)
    needed = MIN_SLUG_WORDS - (
        stem != segment
    )  # .html and similar endings belong to documents, not to sections
    return len(words) >= needed and sum(map(len, words)) >= MIN_SLUG_LETTERS


def _stem(segment: str) -> str:
    """Return the segment without the file name extension of a web page."""
    extension = _EXTENSION.search(segment)
    return segment[: extension.start()] if extension and extension[1] in _PAGES else segment
