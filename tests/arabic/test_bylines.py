import pytest

from crawler.arabic.bylines import leading_dateline, parse_byline, trailing_agency

OUTLETS = ("بلدي نيوز", "العرب اليوم", "البيان", "Al Bayan")

Names = tuple[str, ...]
# text, persons, agency, dateline
BYLINES: list[tuple[str, Names, str | None, str | None]] = [
    ("كتبت أسماء نصار", ("أسماء نصار",), None, None),
    ("كتب – محمد علي", ("محمد علي",), None, None),
    ("كتب محمد على", ("محمد على",), None, None),  # Egypt's spelling
    ("كتب: محمد علي ووليد حسن", ("محمد علي", "وليد حسن"), None, None),
    ("حوار: آسيا العتروس", ("آسيا العتروس",), None, None),
    ("تقرير: محمد علي | تصوير: سعيد حسن", ("محمد علي", "سعيد حسن"), None, None),
    ("ترجمة: سلمى أحمد وهالة يوسف", ("سلمى أحمد", "هالة يوسف"), None, None),
    ("إعداد وتحرير: نور الدين", ("نور الدين",), None, None),
    ("بقلم: د. خالد محمد", ("خالد محمد",), None, None),
    ("بقلم الدكتور خالد محمد", ("خالد محمد",), None, None),
    ("أ.د. منى الشاذلي", ("منى الشاذلي",), None, None),
    ("أ. محمد حسن", ("محمد حسن",), None, None),
    ("الكاتب: وائل الإبراشي", ("وائل الإبراشي",), None, None),
    ("حسام أبو العلا - القاهرة", ("حسام أبو العلا",), None, "القاهرة"),
    ("القاهرة- أحمد محمد", ("أحمد محمد",), None, "القاهرة"),
    ("أحمد محمد من القاهرة", ("أحمد محمد",), None, None),
    ("موسكو - العرب اليوم", (), None, "موسكو"),
    ("(أبوظبي - البيان)", (), None, "أبوظبي"),
    ("دمشق ـ «البيان»", (), None, "دمشق"),
    ("واشنطن - (أ ف ب)", (), "فرانس برس", "واشنطن"),
    ("القاهرة – رويترز", (), "رويترز", "القاهرة"),
    ("وكالات - بلدي نيوز", (), "وكالات", None),
    ("خاص - بيروت", (), None, "بيروت"),
    ("كايلا إبستين وأنجليكا كاساس", ("كايلا إبستين", "أنجليكا كاساس"), None, None),
    ("عبد الله وعبد الرحمن", ("عبد الله", "عبد الرحمن"), None, None),
    ("محمد علي و سعيد حسن", ("محمد علي", "سعيد حسن"), None, None),
    ("وليد وائل", ("وليد وائل",), None, None),
    ("أحمد وليد وسامي وسام", ("أحمد وليد", "سامي وسام"), None, None),
    ("محمد ولد عبد العزيز", ("محمد ولد عبد العزيز",), None, None),
    ("محمد علي، سعيد حسن", ("محمد علي", "سعيد حسن"), None, None),
    ("محمد علي، محمد علي", ("محمد علي",), None, None),
    ("محمد علي / العربي الجديد", ("محمد علي",), None, None),
    ("بقلم: غسان شربل – الشرق الأوسط", ("غسان شربل",), None, None),
    ("حنين ياسين - الخليج أونلاين", ("حنين ياسين",), None, None),
    ("by John Smith and Jane Doe", ("John Smith", "Jane Doe"), None, None),
    ("Ziad Sankary", ("Ziad Sankary",), None, None),
    ("Mary-Jane O'Neill", ("Mary-Jane O'Neill",), None, None),
    ("\u200fمحمد علي\u200f", ("محمد علي",), None, None),
    ("مراسل بلدي نيوز", (), None, None),
    ("صحيفة البيان", (), None, None),
    ("Al Bayan", (), None, None),
    ("رويترز", (), "رويترز", None),
    ("المصدر: وكالة الأنباء السعودية", (), "واس", None),
]

NOBODY = """بلدي نيوز|فريق التحرير|التحرير
هيئة التحرير|المحرر السياسي|كتب المحرر الاقتصادي|admin|Admin|بواسطة admin
user123|editor|webmaster|5 مايو 2020|منذ ساعتين|3 تعليقات|info@example.com|https://example.com/author/x|@handle
أعلن الوزير في مؤتمر صحفي عقده اليوم عن مشروع جديد||-|:|كتب|بقلم:|م|و|🙂"""

# first paragraph, persons, agency, dateline
OPENINGS: list[tuple[str, Names, str | None, str | None]] = [
    ("القاهرة - رويترز: قال مسؤول إن المحادثات بدأت", (), "رويترز", "القاهرة"),
    ("القاهرة (رويترز) - قال مسؤول إن المحادثات بدأت", (), "رويترز", "القاهرة"),
    ("(أبوظبي - البيان) قال مسؤول", (), None, "أبوظبي"),
    ("موسكو - العرب اليوم", (), None, "موسكو"),
    ("القاهرة", (), None, "القاهرة"),
    ("دمشق – سانا\nقال مسؤول", (), "سانا", "دمشق"),
    ("دبي – وام / أعلنت الهيئة", (), "وام", "دبي"),
    ("رام الله - معا - أكد مسؤول", (), "معا", "رام الله"),
    ("بغداد/ أحمد علي: أعلن الوزير", ("أحمد علي",), None, "بغداد"),
    ("بيروت - محمد علي\nقال مسؤول", ("محمد علي",), None, "بيروت"),
    ("(وكالات) قال مسؤول", (), "وكالات", None),
    ("واشنطن: قال مسؤول", (), None, "واشنطن"),
    ("القاهرة تستعيد - وفق مصادر - دورها", (), None, None),
    ("قال الوزير: إن العمل بدأ", (), None, None),
    ("محمد علي: العمل بدأ", (), None, None),
    ("معا: نستطيع أن نبدأ", (), None, None),
    ("شهدت القاهرة - أمس - اجتماعا", (), None, None),
    ("", (), None, None),
]

ENDINGS = [
    ("انتهى الاجتماع. (بترا)", "بترا"),
    ("انتهى الاجتماع.\n--(بترا)", "بترا"),
    ("--(بترا)", "بترا"),
    ("المصدر: (وكالات)", "وكالات"),
    ("المصدر: رويترز", "رويترز"),
    ("المصدر : وكالة الأناضول", "الأناضول"),
    ("انتهى الاجتماع (رويترز، أ ف ب)", "رويترز"),
    ("انتهى الاجتماع (د ب أ)", "وكالة الأنباء الألمانية"),
    ("سانا", "سانا"),
    ("هذا نص عادي (مهم).", None),
    ("وقالت رويترز إن الاجتماع انتهى", None),
    ("المصدر: شاهد عيان", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "authors", "agency", "dateline"), BYLINES)
def test_byline(text: str, authors: Names, agency: str | None, dateline: str | None) -> None:
    found = parse_byline(text, outlet_names=OUTLETS)
    assert (found.authors, found.agency, found.dateline) == (authors, agency, dateline)


@pytest.mark.parametrize("text", NOBODY.replace("\n", "|").split("|"))
def test_nobody(text: str) -> None:
    assert not parse_byline(text, outlet_names=OUTLETS)


@pytest.mark.parametrize(("text", "authors", "agency", "dateline"), OPENINGS)
def test_opening(text: str, authors: Names, agency: str | None, dateline: str | None) -> None:
    found = leading_dateline(text, outlet_names=OUTLETS)
    assert (found.authors, found.agency, found.dateline) == (authors, agency, dateline)


@pytest.mark.parametrize(("text", "agency"), ENDINGS)
def test_ending(text: str, agency: str | None) -> None:
    assert trailing_agency(text) == agency
