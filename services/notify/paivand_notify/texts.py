"""What is said to people, in their language: a number or a day, and the state; never anything else."""

import re
from enum import StrEnum

REFERENCE = re.compile(r"[A-Z0-9-]{1,40}")


class Language(StrEnum):
    """Languages of the texts (BCP 47)."""

    ENGLISH = "en"
    RUSSIAN = "ru"
    TAJIK = "tg"


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
}


def text_of(kind: str, reference: str | None, language: Language = Language.ENGLISH) -> str:
    """The one line that tells what happened. `reference` is the referral's number, or the day by which to act.

    Raises:
        ValueError: the reference is not one; nothing but a number or a day may come into a text.
    """
    if reference is not None and not REFERENCE.fullmatch(reference):
        raise ValueError("neither a number nor a day")
    sentence = SENTENCES[kind][list(Language).index(language)]
    if ("{}" in sentence) != (reference is not None):
        raise ValueError("a reference too many, or none where one is needed")
    return sentence.format(reference)
