"""One form for the many ways to write a court and a file number. Pure: no clock, no I/O."""

import re
import unicodedata

BETWEEN = re.compile(r"[\W_]+")


def form(text: str) -> str:
    """Upper and lower case, width, spaces and punctuation make no difference; letters and digits do."""
    return BETWEEN.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def file_form(court: str, number: str) -> str | None:
    """What the blind index is made of; None when a part has no letter or digit. Numbers repeat between courts."""
    forms = form(court), form(number)
    return "\n".join(forms) if all(forms) else None
