"""From what is typed to a PostgreSQL text query. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

MOST_WORDS = 10
SHORTEST_LABEL = 4


@dataclass(frozen=True, slots=True)
class Word:
    """A word that was typed, folded; words of the directory that are like it; codes of needs that are called so."""

    folded: str
    near: list[str] = field(default_factory=list[str])
    codes: list[str] = field(default_factory=list[str])


@dataclass(frozen=True, slots=True)
class TextQuery:
    """Two tsqueries: what was typed, and what may have been meant. The second finds all that the first does."""

    exact: str
    near: str


def typed_words(text: str | None) -> list[str]:
    """The words of a text, at most ten."""
    return re.findall(r"[^\W_]+", text or "")[:MOST_WORDS]


def text_query(words: Iterable[Word]) -> TextQuery | None:
    """The query for words that must all occur; None when there is none."""
    words = [word for word in words if word.folded]
    if not words:
        return None
    exact = " & ".join(f"{_quoted(word.folded)}:*" for word in words)
    near = " & ".join(f"({' | '.join(_alternatives(word))})" for word in words)
    return TextQuery(exact, near)


def _alternatives(word: Word) -> list[str]:
    others = dict.fromkeys((*word.near, *word.codes))
    return [f"{_quoted(word.folded)}:*", *map(_quoted, others)]


def _quoted(lexeme: str) -> str:
    escaped = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def label_words(names: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Pairs of a word and the code that has it in its name, of pairs of name and code. Small words say nothing."""
    pairs = ((word, code) for name, code in names for word in re.findall(r"[^\W_]+", name))
    return sorted({(word, code) for word, code in pairs if len(word) >= SHORTEST_LABEL})
