"""Search that forgives: folded letters, a dictionary of the words that occur, needs by their code."""

from alembic import op
from paivand_kit import kit_tables

revision = "0420"
down_revision = "0410"

# Tajik letters as they are typed on a Russian keyboard; ё and accents by unaccent. It is declared immutable although it
# reads a dictionary: the one of PostgreSQL's own package, which we name and do not change.
FOLDED = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS fuzzystrmatch;
CREATE FUNCTION folded(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN translate(lower(unaccent('unaccent', value)), 'ғӣқӯҳҷйъь', 'гикухчи')
"""

# pg_trgm sees letters where the C library does, and in the locale C (ours, and that of many a cluster) it takes no
# Cyrillic letter for one. So words are compared as Latin letters, which stand for themselves and for Cyrillic ones. щ
# and ш, э and е are often mistaken for each other and made the same.
LETTERS = """
CREATE FUNCTION search_letters(word text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN translate(word, 'абвгдежзиклмнопрстуфхцчшщыэюя', 'abvgdejziklmnoprstufhc4wwyeqx')
"""

# A word to learn: no number, no address of a page. Longer ones are none.
LEARNING = """
CREATE TABLE search_words (
    word text CONSTRAINT pk_search_words PRIMARY KEY,
    letters text NOT NULL GENERATED ALWAYS AS (search_letters(word)) STORED
);
--
CREATE INDEX ix_search_words_letters ON search_words USING gin (letters gin_trgm_ops);
--
CREATE FUNCTION is_search_word(lexeme text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN length(lexeme) BETWEEN 3 AND 40 AND lexeme !~ '[^[:alpha:]]';
--
CREATE FUNCTION learn_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_words (word) SELECT DISTINCT lexeme FROM changed, unnest(changed.search)
    WHERE pg_try_advisory_xact_lock(hashtext('search_words')) AND is_search_word(lexeme)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$
"""

SEARCHED = {
    "organizations": (
        "setweight(to_tsvector('simple', folded(name || ' ' || coalesce(alternate_name, ''))), 'A')"
        " || setweight(to_tsvector('simple', folded(description)), 'B')"
    ),
    "services": (
        "setweight(to_tsvector('simple', folded(name || ' ' || coalesce(alternate_name, ''))), 'A')"
        " || setweight(to_tsvector('simple', folded(coalesce(description, '') || ' '"
        " || coalesce(eligibility_description, ''))), 'B') || array_to_tsvector(taxonomy_terms)"
    ),
}


def upgrade() -> None:
    """Applies. Rewrites both tables, once."""
    for statement in (*FOLDED.split(";"), LETTERS, *LEARNING.split("--")):
        op.execute(statement)
    kit_tables.grant("directory", "SELECT, INSERT", "search_words")
    for table, search in SEARCHED.items():
        op.execute(f"ALTER TABLE {table} ALTER COLUMN search SET EXPRESSION AS ({search})")
        for event in ("INSERT", "UPDATE"):
            op.execute(
                f"CREATE TRIGGER learn_words_on_{event.lower()} AFTER {event} ON {table}"
                " REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION learn_words()"
            )
        op.execute(
            f"INSERT INTO search_words (word) SELECT DISTINCT lexeme FROM {table}, unnest(search)"  # noqa: S608 - constant text
            " WHERE is_search_word(lexeme) ON CONFLICT DO NOTHING"
        )
