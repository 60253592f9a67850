"""What is said to people, in their language: the referral's number and state, never anything else."""

import re
from enum import StrEnum

NUMBER = re.compile(r"[A-Z0-9-]{1,40}")


class Language(StrEnum):
    """Languages of the texts (BCP 47)."""

    ENGLISH = "en"
    RUSSIAN = "ru"
    TAJIK = "tg"


SENTENCES = {
    Language.ENGLISH: "Referral {}: {}",
    Language.RUSSIAN: "Направление {}: {}",
    Language.TAJIK: "Роҳхат {}: {}",
}

# kind of news -> English, Russian, Tajik
WORDS: dict[str, tuple[str, str, str]] = {
    "requested": ("requested", "запрошено", "дархост шуд"),
    "accepted": ("accepted", "принято", "қабул шуд"),
    "rejected": ("rejected", "отклонено", "рад шуд"),
    "started": ("in progress", "помощь начата", "ёрӣ оғоз шуд"),
    "held": ("on hold", "приостановлено", "боздошта шуд"),
    "resumed": ("in progress again", "возобновлено", "аз нав идома ёфт"),
    "completed": ("completed", "завершено", "анҷом ёфт"),
    "failed": ("ended without its aim", "завершено без результата", "бе натиҷа анҷом ёфт"),
    "cancelled": ("cancelled", "отозвано", "бекор карда шуд"),
    "entered-in-error": ("entered in error", "внесено ошибочно", "иштибоҳан сабт шуд"),
    "overdue": ("not answered in time", "нет ответа в срок", "дар мӯҳлат ҷавоб дода нашуд"),
}


def text_of(kind: str, number: str, language: Language = Language.ENGLISH) -> str:
    """The one line that tells what happened to which referral.

    Raises:
        ValueError: the number is not one; nothing but a number may come into a text.
    """
    if not NUMBER.fullmatch(number):
        raise ValueError("not a referral number")
    return SENTENCES[language].format(number, WORDS[kind][list(Language).index(language)])
