import pytest

from crawler.arabic.language import detect

TEXTS = [
    ("ar", "أعلنت وزارة الصحة أن حملة التلقيح ستبدأ في جميع المحافظات خلال الأسبوع المقبل"),
    ("ar", "أعلن الوزير اليوم عن مشروع جديد"),
    ("ar", "ﺃﻋﻠﻦ ﺍﻟﻮﺯﻳﺮ ﻋﻦ ﻣﺸﺮﻭﻉ ﺟﺪﻳﺪ"),
    ("ar", "افتتحت شركة Microsoft مكتبا جديدا في القاهرة وقال مديرها John Smith إن العمل بدأ"),
    ("ar", "كتب چرچل إلى الوزير أن المشروع سيبدأ في العام المقبل"),
    ("fa", "وزیر بهداشت اعلام کرد که واکسیناسیون از هفته آینده در همه استان‌ها آغاز می‌شود"),
    ("fa", "این خبر را برای دوستان خود بفرستید"),
    ("fa", "رئيس جمهور در ديدار با مردم گفت كه اين طرح تا پايان سال اجرا مي شود و براي همه است"),
    ("ur", "وزیر صحت نے کہا ہے کہ ویکسین لگانے کا کام اگلے ہفتے سے شروع ہو گا"),
    ("ckb", "وەزیری تەندروستی ڕایگەیاند کە لە هەفتەی داهاتوودا کارەکە دەست پێ دەکات"),
    ("ps", "د روغتیا وزارت وویل چې راتلونکې اونۍ به په ټولو ولایتونو کې کار پیل شي"),
    ("en", "The ministry of health said that the campaign will begin next week in all of the country"),
    ("fr", "Le ministère de la santé a annoncé que la campagne commencera la semaine prochaine"),
    ("tr", "Sağlık bakanı bu hafta için yeni bir kampanya başlatıldığını ve çok önemli olduğunu söyledi"),
    ("es", "El ministro de salud dijo que la campaña comenzará en todo el país la próxima semana"),
    ("de", "Der Minister sagte, dass die Kampagne in der nächsten Woche im ganzen Land beginnt"),
    ("he", "משרד הבריאות הודיע כי המבצע יחל בשבוע הבא"),
    ("ru", "Министр здравоохранения объявил, что кампания начнётся на следующей неделе"),
    ("uk", "Міністр охорони здоров'я повідомив, що кампанія розпочнеться наступного тижня в усій країні"),
    ("zh", "卫生部长宣布下周将在全国开始接种疫苗活动"),
    ("ja", "保健大臣は来週から全国でキャンペーンを始めると発表した"),
    ("und", "Lorem ipsum dolor sit amet consectetur adipiscing elit sed eiusmod tempor"),
    ("und", "Wazirin lafiya ya sanar cewa kamfen zai fara mako mai zuwa"),
]


@pytest.mark.parametrize(("language", "text"), TEXTS)
def test_told(language: str, text: str) -> None:
    assert detect(text) == language


@pytest.mark.parametrize("text", ["", "   ", "12:30 - 2020", "سوق الخضار", "OK", "🙂🙂🙂", "!؟،"])
def test_too_little(text: str) -> None:
    assert detect(text) is None


def test_a_quotation_does_not_change_the_language() -> None:
    arabic = "قال الوزير إن المشروع الذي أعلن عنه أمس سيبدأ خلال الأسبوع المقبل في جميع المحافظات"
    persian = "و این طرح برای همه است"
    assert detect(f"{arabic} «{persian}»") == "ar"
