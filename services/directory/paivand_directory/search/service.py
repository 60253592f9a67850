"""The use case of search: understanding what was typed."""

from sqlalchemy.ext.asyncio import AsyncSession

from ..taxonomy.service import TERMS
from . import repository, rules
from .rules import TextQuery

LABELS = rules.label_words((name, term.code) for term in TERMS.values() for name in term.name.values())


async def understand(session: AsyncSession, text: str | None) -> TextQuery | None:
    """What to look for; None when no word was typed."""
    words = rules.typed_words(text)
    return rules.text_query(await repository.list_meant(session, words, LABELS)) if words else None
