"""The words that bylines are made of: labels, desks, honorifics, given names, agencies, cities."""

import json
from functools import cache
from importlib.resources import files

from crawler.arabic.text import normalise


def _folded(words: str) -> frozenset[str]:
    return frozenset(normalise(word.replace("_", " ")) for word in words.split())


# What a byline opens with before the name; `كتب` also comes feminine, dual and plural.
LABELS = _folded(
    """كتب كتبت كتبا كتبتا كتبوا كتبها كتبه بقلم حوار حاوره حاورها حاورته حاورتها أجرى_الحوار أجرت_الحوار
    أجرى_المقابلة تقرير تحقيق ترجمة ترجمها إعداد اعداد أعده أعدها أعدته أعدتها أعد_التقرير
    إعداد_وتقديم تحرير تصوير عدسة متابعة تغطية خاص مقال بواسطة الكاتب الكاتبة الصحفي الصحفية المحرر
    المحررة المؤلف مراسلنا مراسل مراسلة مراسلتنا موفدنا موفدة موفد رسالة نشر_بواسطة كتب_بواسطة
    مرسلة_بواسطة أرسلت_بواسطة أرسل_بواسطة أضيف_بواسطة أضيفت_بواسطة نشرت_بواسطة نشره نشرها
    كتبه_لكم كتبها_لكم كتبته_لكم إعداد_وتحرير ترجمة_وتحرير تقرير_وتصوير كتابة من_إعداد من بقلم_الكاتب
    by author written_by reported_by posted_by"""
)
# Signatures of a desk instead of a person.
DESKS = _folded(
    """التحرير فريق_التحرير هيئة_التحرير أسرة_التحرير قسم_التحرير رئيس_التحرير مدير_التحرير إدارة_التحرير
    المحرر محرر المحررة مدير_الموقع إدارة_الموقع الموقع الإدارة مشرف المشرف غرفة_الأخبار قسم_الأخبار
    قسم_المتابعة فريق_العمل فريق_الموقع فريق_الترجمة قسم_الترجمة وحدة_الرصد قسم_الشؤون_السياسية
    القسم_السياسي القسم_الاقتصادي القسم_الرياضي القسم_الثقافي المحرر_السياسي المحرر_الاقتصادي
    المحرر_الرياضي مراسل المراسل مراسلون كاتب خاص متابعات متابعة تقارير أخبار مقالات صحف مواقع رصد
    غير_معروف مجهول ضيف زائر آخرون آخرين الناشر الكاتب المصدر نشر منشور admin administrator editor editors
    editorial editorial_team staff staff_writer newsroom news_desk web webmaster user author guest
    root desk team news_room news test demo wordpress anonymous unknown none null super_admin
    superadmin manager moderator category categories section filed_under views comments tags
    redaction rédaction la_rédaction"""
)
HONORIFICS = _folded(
    """الدكتور الدكتورة دكتور دكتورة الأستاذ الأستاذة أستاذ أستاذة المهندس المهندسة البروفيسور بروفيسور
    البروفسور المحامي المحامية الصحفي الصحفية الصحافي الصحافية الكاتب الكاتبة الإعلامي الإعلامية
    الزميل الزميلة السيد السيدة الباحث الباحثة الزميلين الزميلان المحرر المحررة مراسلنا مراسلتنا مراسل
    مراسلة موفدنا الكاتبان الصحفيان dr prof mr mrs ms"""
)
# Papers and channels that other sites reprint: behind a name they say where it appeared first.
PUBLICATIONS = _folded(
    """الشرق_الأوسط العربي_الجديد القدس_العربي الجزيرة الجزيرة_نت العربية_نت العربية سكاي_نيوز_عربية بي_بي_سي
    bbc سي_إن_إن cnn روسيا_اليوم rt الحرة الحياة النهار الأخبار الأهرام اليوم_السابع المصري_اليوم
    الشروق الوطن البيان الخليج الاتحاد الإمارات_اليوم الرياض عكاظ الوطن_السعودية الرأي الغد الدستور
    السفير اللواء الجمهورية المدن عنب_بلدي الغارديان نيويورك_تايمز واشنطن_بوست فورين_بوليسي الإندبندنت
    إندبندنت_عربية دويتشه_فيله فرانس_24 هسبريس الصباح الخبر القبس الراي الجريدة الراية العرب الوفد"""
)
# Given and family names that begin with the letter of "and".
NAMES_WITH_WAW = _folded(
    """وليد وائل وسام وجدي وجيه وجيهة وديع وديعة وفاء وداد وردة ورد ورود وسيم وصال وضاح وضحى وعد وفيق وفيقة
    وهبة وهيب وهبي وهاب وهدان ولاء وحيد وحيدة وئام وجدان وطفة وطفاء والي واصف واصل وكيل ودود وقاص ودق
    وليام ويليام ويليامز وليامز ويل ويلسون ولسن وايت وولف وولتر والتر واتسون واين ويسلي ويلي وارن وندي
    ويندي وانغ وو وي ووكر وود وودز وودوارد واشنطن ولد ود ولي وليدة ونيس ونوس وناس وهراني وزان وزاني
    وطني وطواط وسوف وفائي وفا وفيا وصفي وصفية وسيلة وسن وسمية وجد وثيق وثاب واعظ واكد وارد وردي ورداني
    وحود وهب ولعلو وليدي وريكات وشاح وحشي ورنيقي وارف وازن وطبان وحدات واكيم وهيبة وازع والا واليد"""
)
# Agencies' names that also open sentences: alone, without a city or brackets, they say nothing.
COMMON_WORDS = _folded("وطنية معا وال وات بنا وما ومع وفا صفا وام واس فارس مهر الفرنسية الألمانية المركزية")
# After these words comes where a person works or what he is, no longer his name.
CUT_WORDS = _folded(
    "مراسل مراسلة محرر محررة كاتب كاتبة باحث باحثة صحفي صحفية صحافي صحافية عن من في بتاريخ لـ ل"
)
# No name holds these; a piece with one is a sentence or a title.
NOT_IN_NAMES = _folded(
    """إلى التي الذي الذين هذا هذه ذلك أن إن قال قالت أكد أعلن كان كانت بعد قبل خلال منذ حول بين مع هل ماذا
    كيف لماذا أو ثم لكن ما لا لم لن قد عند حيث اليوم أمس الآن تم وكالة صحيفة جريدة موقع قناة مجلة شبكة
    مؤسسة مركز وزارة حكومة أونلاين نيوز نت برس تايمز بوست ميديا دقائق دقيقة ساعة ساعات مشاهدة مشاهدات
    تعليق تعليقات قراءة تحديث صباحا مساء تاريخ تارخ النشر نشرت انقر اضغط هنا لقراءة لمتابعة للمزيد الخبر
    المقال المصدر مصدره اشترك اشتراك تابع تابعنا تابعوا شارك شاركها طباعة رابط مختصر أخبار الأخبار اخر آخر
    أعلنت وأعلنت قالت أكدت عاجل الرئيسية سياسة اقتصاد رياضة ثقافة مجتمع تكنولوجيا صحة منوعات مقالات تقارير
    حوارات صورة الصورة صور فيديو أرشيفية العالم محليات دولي ودولي عربي developed powered designed by click
    here copyright rights share print tv online press media times post the of and in on at to for
    is are with about from news agency minutes ago read comments views"""
)


@cache
def _agencies() -> dict[str, str]:
    table = json.loads(files("crawler.arabic").joinpath("agencies.json").read_text("utf-8"))
    return {normalise(spelling): name for name, spellings in table.items() for spelling in spellings}


@cache
def _cities() -> frozenset[str]:
    table = json.loads(files("crawler.arabic").joinpath("cities.json").read_text("utf-8"))
    return frozenset(normalise(name) for names in table.values() for name in names)


@cache
def _given_names() -> frozenset[str]:
    table = json.loads(files("crawler.arabic").joinpath("given_names.json").read_text("utf-8"))
    return frozenset(normalise(name) for names in table.values() for name in names.split())


# Given names that are everyday words, too: a line that opens with one needs a label to be a name.
_NAMES_AND_WORDS = _folded(
    """عيد حياة ملك شروق عربي نور صباح بيان دنيا شام فرات رحمة إسلام سلام جهاد عهد بن أبي
    طالب مسلم مبارك ربيع خميس جمعة رجب شعبان رمضان رزق نصر العربي الأمين الطيب عز فخر شمس أمل منى هند فرح وعد
    حرية سي ولد صدام أنوار زهور مشاعل بدور ماضي تقى عزة شهد"""
)


def opens_like_a_name(folded: str) -> bool:
    """Return whether a normalised text opens with a given name that is no everyday word."""
    first = folded.split(" ", 1)[0]
    return (first in _given_names() and first not in _NAMES_AND_WORDS) or (
        first.startswith("عبد") and " " in folded
    )


def agency_of(folded: str) -> str | None:
    """Return the canonical name of the news agency that a normalised text names, or None."""
    return _agencies().get(folded)


def is_city(folded: str) -> bool:
    """Return whether a normalised text is a city that datelines name."""
    return folded in _cities()
