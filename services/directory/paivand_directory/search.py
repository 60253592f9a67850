"""What people type into a search box, as a PostgreSQL text query."""

import re
from typing import Annotated

from fastapi import Query

SearchText = Annotated[
    str | None,
    Query(max_length=200, description="Words, or beginnings of words, that must all occur. Never a person's name."),
]


def prefix_query(text: str | None) -> str | None:
    """A tsquery that asks for all words by their beginnings; None when there is no word to look for."""
    words = re.findall(r"\w+", text or "")
    return " & ".join(f"{word}:*" for word in words) or None
