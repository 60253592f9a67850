"""The SQL of search: which words of the directory may be meant by those that were typed."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from .rules import Word
from .tables import SearchWordRow

# Like a word is one with a letter or two wrong, missing or added, and one with another ending, which shares half of the
# trigrams. Short words are not corrected: everything is like them.
_IS_LIKE = """
    (similarity({letters}, t.letters) >= 0.5
        OR levenshtein_less_equal({letters}, t.letters, 2) <= CASE WHEN length(t.letters) < 6 THEN 1 ELSE 2 END)
"""
MEANT = text(f"""
    WITH typed AS (
        -- Taken apart as the texts were: 3e5abc is a number and a word.
        SELECT w.place, t.lexeme AS word, search_letters(t.lexeme) AS letters
        FROM unnest(CAST(:words AS text[])) WITH ORDINALITY AS w (word, place),
            unnest(to_tsvector('simple', folded(w.word))) AS t
    ), labels AS (
        SELECT search_letters(folded(word)) AS letters, code
        FROM unnest(CAST(:label_words AS text[]), CAST(:label_codes AS text[])) AS l (word, code)
    )
    SELECT t.word, near.words, meant.codes FROM typed t
    CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(word), '{{}}') AS words FROM (
            SELECT s.word FROM search_words s
            WHERE length(t.letters) BETWEEN 4 AND 40 AND s.letters % t.letters
                AND NOT starts_with(s.word, t.word) AND {_IS_LIKE.format(letters="s.letters")}
            ORDER BY similarity(s.letters, t.letters) DESC, s.word LIMIT 8
        ) likest
    ) near
    CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(DISTINCT code), '{{}}') AS codes FROM labels l
        WHERE length(t.letters) >= 3 AND starts_with(l.letters, t.letters)
            OR length(t.letters) BETWEEN 4 AND 40 AND {_IS_LIKE.format(letters="l.letters")}
    ) meant
    ORDER BY t.place, t.word
""")  # noqa: S608 - constant text

# In one place at a time, and whoever comes second leaves it to the next round: nobody waits for words.
LEARN = text(f"""
    INSERT INTO {SearchWordRow.__tablename__} (word)
    SELECT DISTINCT lexeme FROM (SELECT search FROM services UNION ALL SELECT search FROM organizations) AS texts,
        unnest(search) WHERE pg_try_advisory_xact_lock(hashtext('search_words')) AND is_search_word(lexeme)
    ON CONFLICT DO NOTHING
""")  # noqa: S608 - constant text


async def list_meant(session: AsyncSession, words: Sequence[str], labels: Sequence[tuple[str, str]]) -> list[Word]:
    """The words that were typed, each with those of the directory, and the codes, that it may stand for."""
    values = {"words": list(words), "label_words": [word for word, _ in labels], "label_codes": [x for _, x in labels]}
    return [Word(row.word, row.words, row.codes) for row in await session.execute(MEANT, values)]


async def learn(session: AsyncSession) -> None:
    """Takes in all words of the directory that are not known yet."""
    await session.execute(LEARN)
