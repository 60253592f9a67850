"""Table of search: the words that occur in the directory, to find what a mistyped one was meant to be."""

from paivand_kit.database import Base
from sqlalchemy import Computed, Index, Text
from sqlalchemy.orm import Mapped, mapped_column


class SearchWordRow(Base):
    """One word, folded as the SQL function `folded` does. Learned by triggers; none is forgotten."""

    __tablename__ = "search_words"
    __table_args__ = (
        Index("ix_search_words_letters", "letters", postgresql_using="gin", postgresql_ops={"letters": "gin_trgm_ops"}),
    )

    word: Mapped[str] = mapped_column(Text, primary_key=True)
    letters: Mapped[str] = mapped_column(Text, Computed("search_letters(word)", persisted=True))
