"""Moments in the words that Arabic newspapers print."""

from datetime import UTC, datetime

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
    there = moment.astimezone(UTC)
    return f"GMT {there:%H:%M} {there.year} {WEEKDAYS[there.weekday()]} ,{there.day:02} {dual_month(there)}"
