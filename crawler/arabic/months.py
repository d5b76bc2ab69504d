"""Names of months and weekdays in the spellings of the Arab press. Pure data and its lookup."""

import re
from functools import lru_cache
from typing import NamedTuple

from crawler.arabic.text import normalise


class Month(NamedTuple):
    """A month by its calendar and number."""

    hijri: bool
    number: int  # 1 to 12


# A line a month: Egypt and the Gulf, the Maghreb, the Levant and Iraq, slips seen in print, English, French.
_GREGORIAN = (
    "يناير ينايِر جانفي كانون_الثاني كانون_ثاني كانون_ثان january jan janvier",
    "فبراير فيفري فبرايِر شباط اشباط february feb février fevrier",
    "مارس اذار آذار مارث march mar mars",
    "أبريل ابريل إبريل أفريل افريل نيسان april apr avril",
    "مايو ماي أيار ايار آيار مايس may mai",
    "يونيو يونيه جوان حزيران june jun juin",
    "يوليو يوليه يوليوز جويلية جويليه جويليا تموز july jul juillet",
    "أغسطس اغسطس أوت اوت غشت أغشت آب august aug août aout",
    "سبتمبر سيبتمبر شتنبر شتمبر أيلول ايلول september sep sept septembre",
    "أكتوبر اكتوبر تشرين_الأول تشرين_اول october oct octobre",
    "نوفمبر نونبر نوفنبر تشرين_الثاني تشرين_ثاني تشرين_ثان november nov novembre",
    "ديسمبر دجنبر دجمبر دسمبر كانون_الأول كانون_اول december dec décembre decembre",
)
# Names that Libya used from 1986 to 2011; ordinary words elsewhere, so they count for Libya alone.
_LIBYAN = (
    "أي_النار",
    "النوار",
    "الربيع",
    "الطير",
    "الماء",
    "الصيف",
    "ناصر",
    "هانيبال",
    "الفاتح",
    "التمور",
    "الحرث",
    "الكانون",
)
_HIJRI = (
    "محرم المحرم محرم_الحرام muharram",
    "صفر safar",
    "ربيع_الأول ربيع_اول",
    "ربيع_الآخر ربيع_الثاني ربيع_ثاني ربيع_اخر",
    "جمادى_الأولى جمادى_الأول جماد_الأول جماد_اول جمادى_اولى",
    "جمادى_الآخرة جمادى_الثانية جمادى_الآخر جماد_الآخر جماد_الثاني جمادى_الثاني جماد_ثاني",
    "رجب rajab",
    "شعبان shaaban",
    "رمضان ramadan",
    "شوال shawwal",
    "ذو_القعدة ذي_القعدة ذوالقعدة",
    "ذو_الحجة ذي_الحجة ذوالحجة",
)
# Monday is 0, as datetime counts. Without the article these are numbers and names of people.
_WEEKDAYS = (
    "الاثنين الإثنين الأثنين الاتنين monday mon lundi",
    "الثلاثاء الثلثاء الثلاثا tuesday tue tues mardi",
    "الأربعاء الاربعاء الإربعاء wednesday wed mercredi",
    "الخميس thursday thu thur thurs jeudi",
    "الجمعة friday fri vendredi",
    "السبت saturday sat samedi",
    "الأحد الاحد sunday sun dimanche",
)

_HAMZA = re.compile("ء")


@lru_cache(maxsize=4096)
def fold(word: str) -> str:
    """Return a word as the date engine's tables spell it: without hamza, marks, tatweel; lower case."""
    return _HAMZA.sub("", normalise(word))


def _table(lines: tuple[str, ...], *, first: int = 1) -> dict[str, int]:
    return {
        fold(name.replace("_", " ")): number
        for number, line in enumerate(lines, first)
        for name in line.split()
    }


MONTHS: dict[str, Month] = {
    **{name: Month(hijri=False, number=number) for name, number in _table(_GREGORIAN).items()},
    **{name: Month(hijri=True, number=number) for name, number in _table(_HIJRI).items()},
}
LIBYAN_MONTHS: dict[str, Month] = {
    name: Month(hijri=False, number=number) for name, number in _table(_LIBYAN).items()
}
WEEKDAYS: dict[str, int] = _table(_WEEKDAYS, first=0)
