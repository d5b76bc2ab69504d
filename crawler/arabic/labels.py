"""What a page says before a date: that something was published, or changed. Pure data and its lookup."""

from collections.abc import Sequence
from typing import Literal

from crawler.arabic.months import fold
from crawler.arabic.tokens import Token

Label = Literal["published", "modified"]

_PUBLISHED = """نشر نشرت نشر_في نشرت_في نشر_بتاريخ تم_نشره تم_نشرها تم_النشر تم_نشر تاريخ_النشر تاريخ_نشر
وقت_النشر النشر منشور أنشئ أنشئت تاريخ_الإنشاء تاريخ_الإضافة تاريخ_الخبر تاريخ_المقال أضيف أضيفت أضيف_في
كتب_في كتبت_في كتب_بتاريخ حرر_في صدر_في الإصدار تاريخ_الإصدار أول_نشر نشر_لأول_مرة مرسل أرسل_في
published posted created published_on posted_on created_on date_published publié publié_le"""
_MODIFIED = """آخر_تحديث اخر_تحديث آخر_تحديث_في أخر_تحديث تحديث تم_التحديث تم_تحديثه تم_تحديثها
محدث تاريخ_التحديث وقت_التحديث آخر_تعديل اخر_تعديل تم_التعديل تم_تعديله تاريخ_التعديل
آخر_التحديثات updated modified last_updated last_modified last_update updated_on edited mis_à_jour"""


def _phrases(words: str, label: Label) -> dict[tuple[str, ...], Label]:
    return {tuple(map(fold, phrase.split("_"))): label for phrase in words.split()}


_LABELS = {**_phrases(_PUBLISHED, "published"), **_phrases(_MODIFIED, "modified")}
_LONGEST = max(map(len, _LABELS))


def read_label(pieces: Sequence[Token], at: int) -> tuple[Label, int] | None:
    """Return the label at this place and the place behind it, or None."""
    for length in range(_LONGEST, 0, -1):
        words = tuple(piece.text for piece in pieces[at : at + length] if piece.kind == "word")
        if len(words) == length and (label := _LABELS.get(words)):
            return label, at + length
    return None
