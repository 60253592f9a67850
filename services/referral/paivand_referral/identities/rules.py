"""The forms by which a person is found, whatever the spelling. Pure: the same text gives the same forms everywhere.

Changing a form changes what is found: persons written before are not found by the new one until their identity is
written again.
"""

import re
import unicodedata

import jellyfish
from anyascii import anyascii

SHORTEST_PART = 2
SHORTEST_SOUND = 2
# As in a Tajik number without its country code; longer ones are cut, so that +992 90…, 0 90… and 90… are one.
PHONE_DIGITS = 9

# anyascii takes ё for e, but people write it yo.
BEFORE = str.maketrans({"ё": "io", "ʼ": None, "ʻ": None, "'": None, "’": None, "ъ": None, "ь": None})
# One spelling for what Tajik, Russian, Uzbek and English transliterations write differently: Раҳимова, Рахимова,
# Rahimova, Rakhimova; Ҷамшед, Джамшед, Jamshed; Қосим, Косим, Qosim; Хуршед, Khurshed, Xurshed. Order matters.
FOLDS = [
    (re.compile(pattern), folded)
    for pattern, folded in (
        ("shch|sch", "sh"),
        ("dzh|dj|zh", "j"),
        ("kh", "h"),
        ("gh", "g"),
        ("ph", "f"),
        ("th", "t"),
        ("(?<=[aeiou])x(?=[aeiou])", "ks"),
        ("x", "h"),
        ("ts|tz", "s"),
        ("c(?=[eiy])", "s"),
        ("c(?!h)", "k"),
        ("q", "k"),
        ("w", "v"),
        ("oo|ou", "u"),
        ("ee", "i"),
        ("y", "i"),
        (r"(.)\1+", r"\1"),
        ("(?<=[aeiou])h$", ""),
    )
]
# Letters that look alike, as on a passport: typed in Cyrillic and meant in Latin, or the other way round.
LOOK_ALIKES = str.maketrans("АВЕЗКМНОРСТУХІЈ", "ABE3KMHOPCTYXIJ")


def parts(name: str) -> set[str]:
    """The parts of a name in one spelling; initials are left out."""
    plain = unicodedata.normalize("NFKC", name).casefold().translate(BEFORE)
    words = re.findall("[a-z]+", anyascii(plain).casefold())
    folded = {fold(word) for word in words}
    return {word for word in folded if len(word) >= SHORTEST_PART}


def fold(word: str) -> str:
    """One Latin word in the spelling by which it is compared."""
    for pattern, folded in FOLDS:
        word = pattern.sub(folded, word)
    return word


def sound(part: str) -> str | None:
    """How a part of a name sounds, roughly (Metaphone); None when too little is left to mean anything."""
    code = jellyfish.metaphone(part)
    return code if len(code) >= SHORTEST_SOUND else None


def document_form(number: str) -> str:
    """Letters and digits of a document's number."""
    plain = unicodedata.normalize("NFKC", number).upper().translate(LOOK_ALIKES)
    return re.sub("[^A-Z0-9]", "", anyascii(plain).upper())


def phone_form(number: str) -> str:
    """The last digits of a phone number, which are the same with and without its country code."""
    digits = re.sub("[^0-9]", "", anyascii(unicodedata.normalize("NFKC", number)))
    return digits[-PHONE_DIGITS:]
