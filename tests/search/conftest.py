"""Archives to search in."""

from pathlib import Path

import pytest

from tests.search.archives import Library, story

NIGHT = "2026-03-01T00:30:00+03:00"  # still February in UTC


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """An empty archive."""
    (tmp_path / "archive").mkdir()
    return Library(tmp_path / "archive", tmp_path / "cache")


@pytest.fixture
def stocked(library: Library) -> Library:
    """Six articles of two outlets: dates, sections, authors, one of unknown date."""
    library.add(
        story(1, "أعلنت وزارة الموارد المائية قطع المياه عن الحي الغربي.", title="قطع المياه",
              published="2026-01-05T10:00:00+03:00", section=["محليات"],
              authors=["ريم الشامي"], country="SY"),
        story(2, "شرب الأهالي بمياه نظيفة بعد إصلاح الشبكة.", title="إصلاح الشبكة",
              published="2026-01-20T10:00:00+03:00", section=["محليّات"], country="SY"),
        story(3, "قالت الوزارة إن العام الدراسي يبدأ في موعده.", title="العام الدراسي",
              published=NIGHT, section=["تعليم"], authors=["علي الموسوي"], country="SY"),
    )  # fmt: skip
    library.add(
        story(4, "في القاهره افتتح معرض الكتاب أبوابه للزوار.", title="معرض الكتاب", site="nile_example",
              outlet="النيل", published="2026-02-10T09:00:00+02:00", section=["ثقافة"], country="EG"),
        story(5, "القاهرة الكبرى تستعد لموسم الأمطار.", title="موسم الأمطار", site="nile_example",
              outlet="النيل", published="2026-02-11T09:00:00+02:00", country="EG"),
        story(6, "نشرة بلا تاريخ عن مياه النيل.", title="بلا تاريخ", site="nile_example", outlet="النيل",
              country="EG"),
    )  # fmt: skip
    return library
