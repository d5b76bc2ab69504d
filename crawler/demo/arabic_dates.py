"""Write dates and times as Arabic newspapers print them. Each docstring shows an example."""

from datetime import UTC, datetime

from hijridate import Gregorian

GREGORIAN = [
    "يناير",
    "فبراير",
    "مارس",
    "أبريل",
    "مايو",
    "يونيو",
    "يوليو",
    "أغسطس",
    "سبتمبر",
    "أكتوبر",
    "نوفمبر",
    "ديسمبر",
]
LEVANTINE = (
    "كانون الثاني",
    "شباط",
    "آذار",
    "نيسان",
    "أيار",
    "حزيران",
    "تموز",
    "آب",
    "أيلول",
    "تشرين الأول",
    "تشرين الثاني",
    "كانون الأول",
)
MAGHREBI = (
    "جانفي",
    "فيفري",
    "مارس",
    "أفريل",
    "ماي",
    "جوان",
    "جويلية",
    "أوت",
    "سبتمبر",
    "أكتوبر",
    "نوفمبر",
    "ديسمبر",
)
WEEKDAYS = ["الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"]


def day(moment: datetime) -> str:
    """27 يناير، 2020"""
    return f"{moment.day} {GREGORIAN[moment.month - 1]}، {moment.year}"


def dual_month(moment: datetime) -> str:
    """نيسان / أبريل"""
    return f"{LEVANTINE[moment.month - 1]} / {GREGORIAN[moment.month - 1]}"


def day_and_time(moment: datetime) -> str:
    """24 نيسان / أبريل 2020 09:22 مساءً"""
    half = "صباحًا" if moment.hour < 12 else "مساءً"  # noqa: PLR2004
    hour = moment.hour % 12 or 12
    return f"{moment.day} {dual_month(moment)} {moment.year} {hour:02}:{moment.minute:02} {half}"


def gmt_line(moment: datetime) -> str:
    """GMT 20:44 2025 الخميس ,09 كانون الثاني / يناير"""
    utc = moment.astimezone(UTC)
    return f"GMT {utc:%H:%M} {utc.year} {WEEKDAYS[utc.weekday()]} ,{utc.day:02} {dual_month(utc)}"


def maghrebi(moment: datetime) -> str:
    """السبت 8 فيفري 2025"""
    return f"{WEEKDAYS[moment.weekday()]} {moment.day} {MAGHREBI[moment.month - 1]} {moment.year}"


def indic(text: str) -> str:
    """Replace ASCII digits by Arabic-Indic ones."""
    return text.translate({ord("0") + value: chr(0x660 + value) for value in range(10)})


def gregorian_and_hijri(moment: datetime) -> str:
    """الجمعة 13 ربيع الأول 1447 هـ الموافق 5 سبتمبر 2025 م"""
    hijri = Gregorian(moment.year, moment.month, moment.day).to_hijri()
    return (
        f"{WEEKDAYS[moment.weekday()]} {hijri.day} {hijri.month_name('ar')} {hijri.year} هـ"
        f" الموافق {moment.day} {MAGHREBI[moment.month - 1]} {moment.year} م"
    )
