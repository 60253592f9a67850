"""What is said to people, in their language: a number or a day, and the state; never anything else."""

import re
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

REFERENCE = re.compile(r"[A-Z0-9-]{1,40}")


class Language(StrEnum):
    """Languages of the texts (BCP 47)."""

    ENGLISH = "en"
    RUSSIAN = "ru"
    TAJIK = "tg"


TIMES = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d → )?\d{4}-\d\d-\d\d \d\d:\d\d \([A-Za-z0-9/_+-]{1,40}\)")


# kind of news -> English, Russian, Tajik; the braces take the reference.
SENTENCES: dict[str, tuple[str, str, str]] = {
    "requested": ("Referral {}: requested", "Направление {}: запрошено", "Роҳхат {}: дархост шуд"),
    "accepted": ("Referral {}: accepted", "Направление {}: принято", "Роҳхат {}: қабул шуд"),
    "rejected": ("Referral {}: rejected", "Направление {}: отклонено", "Роҳхат {}: рад шуд"),
    "started": ("Referral {}: in progress", "Направление {}: помощь начата", "Роҳхат {}: ёрӣ оғоз шуд"),
    "held": ("Referral {}: on hold", "Направление {}: приостановлено", "Роҳхат {}: боздошта шуд"),
    "resumed": ("Referral {}: in progress again", "Направление {}: возобновлено", "Роҳхат {}: аз нав идома ёфт"),
    "completed": ("Referral {}: completed", "Направление {}: завершено", "Роҳхат {}: анҷом ёфт"),
    "failed": (
        "Referral {}: ended without its aim",
        "Направление {}: завершено без результата",
        "Роҳхат {}: бе натиҷа анҷом ёфт",
    ),
    "cancelled": ("Referral {}: cancelled", "Направление {}: отозвано", "Роҳхат {}: бекор карда шуд"),
    "entered-in-error": (
        "Referral {}: entered in error",
        "Направление {}: внесено ошибочно",
        "Роҳхат {}: иштибоҳан сабт шуд",
    ),
    "overdue": (
        "Referral {}: not answered in time",
        "Направление {}: нет ответа в срок",
        "Роҳхат {}: дар мӯҳлат ҷавоб дода нашуд",
    ),
    "consent-ended": (
        "Referral {}: the person's consent has ended, stop using what you were shown",
        "Направление {}: согласие больше не действует, не используйте полученные сведения",
        "Роҳхат {}: розигӣ дигар эътибор надорад, маълумоти гирифтаро истифода набаред",
    ),
    "consent-renewed": (
        "Referral {}: the person has agreed again",
        "Направление {}: согласие дано снова",
        "Роҳхат {}: розигӣ аз нав дода шуд",
    ),
    "capacity-stale": (
        "Free places were last confirmed too long ago: please confirm them",
        "Свободные места давно не подтверждались: подтвердите их",
        "Ҷойҳои холӣ дер боз тасдиқ нашудаанд: онҳоро тасдиқ кунед",
    ),
    "membership-expiring": (
        "Membership ends on {} unless its agreements are signed anew",
        "Членство закончится {}, если соглашения не будут подписаны заново",
        "Узвият {} ба охир мерасад, агар созишномаҳо аз нав имзо нашаванд",
    ),
    "hearing-scheduled": ("Case {}: new hearing", "Дело {}: назначено заседание", "Парвандаи {}: маҷлис таъин шуд"),
    "hearing-changed": (
        "Case {}: hearing changed",
        "Дело {}: заседание изменено",
        "Парвандаи {}: маҷлис тағйир ёфт",
    ),
    "hearing-adjourned": (
        "Case {}: hearing adjourned",
        "Дело {}: заседание отложено",
        "Парвандаи {}: маҷлис мавқуф гузошта шуд",
    ),
    "hearing-held": ("Case {}: hearing held", "Дело {}: заседание состоялось", "Парвандаи {}: маҷлис баргузор шуд"),
    "hearing-vacated": (
        "Case {}: hearing taken off the list",
        "Дело {}: заседание снято с рассмотрения",
        "Парвандаи {}: маҷлис аз рӯйхат гирифта шуд",
    ),
    "hearing-cancelled": (
        "Case {}: hearing cancelled",
        "Дело {}: заседание отменено",
        "Парвандаи {}: маҷлис бекор карда шуд",
    ),
    "hearing-approaching": (
        "Case {}: the hearing is near",
        "Дело {}: скоро заседание",
        "Парвандаи {}: маҷлис наздик аст",
    ),
    "hearing-unacknowledged": (
        "Case {}: nobody has confirmed the hearing",
        "Дело {}: заседание никем не подтверждено",
        "Парвандаи {}: маҷлисро касе тасдиқ накардааст",
    ),
    "hearing-unprepared": (
        "Case {}: the hearing still lacks a lawyer, an interpreter or transport",
        "Дело {}: для заседания нет адвоката, переводчика или транспорта",
        "Парвандаи {}: барои маҷлис адвокат, тарҷумон ё нақлиёт нест",
    ),
    "audit-unusual-reading-found": (
        "An account has read unusually many identities: ask why",
        "Учётная запись прочла необычно много личных данных: выясните причину",
        "Як ҳисоб маълумоти шахсии аз ҳад зиёдро хондааст: сабабашро пурсед",
    ),
}


def times_of(starts_at: datetime, time_zone: str, *, before: datetime | None = None) -> str:
    """When a hearing is on the clocks of its court, and when it was to be: the same in every language."""
    zone = ZoneInfo(time_zone)
    times = [f"{each.astimezone(zone):%Y-%m-%d %H:%M}" for each in (before, starts_at) if each is not None]
    return f"{' → '.join(times)} ({time_zone})"


def text_of(
    kind: str, reference: str | None, language: Language = Language.ENGLISH, *, times: str | None = None
) -> str:
    """The one line that tells what happened. `reference` is a number, or the day by which to act; `times` are a
    hearing's.

    Raises:
        ValueError: the reference or the times are none; nothing else may come into a text.
    """
    if reference is not None and not REFERENCE.fullmatch(reference):
        raise ValueError("neither a number nor a day")
    if times is not None and not TIMES.fullmatch(times):
        raise ValueError("no times")
    sentence = SENTENCES[kind][list(Language).index(language)]
    if ("{}" in sentence) != (reference is not None):
        raise ValueError("a reference too many, or none where one is needed")
    text = sentence.format(reference)
    return f"{text}: {times}" if times else text
