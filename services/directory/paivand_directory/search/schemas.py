"""What is typed, on the wire."""

from typing import Annotated

from fastapi import Query

TYPED = (
    "Words, or beginnings of words, that must all occur; typing mistakes are forgiven, and needs are found by their"
    " name in any of the three languages."
)
SearchText = Annotated[str | None, Query(max_length=200, description=f"{TYPED} Never a person's name.")]
