"""From what is typed to a text query."""

import pytest
from paivand_directory.search.rules import TextQuery, Word, label_words, text_query, typed_words


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (None, []),
        ("", []),
        (" !&|()'\\:* ", []),
        ("women  bed", ["women", "bed"]),
        ("a&b|!c", ["a", "b", "c"]),
        ("Қонун", ["Қонун"]),
        ("x\x00y_z", ["x", "y", "z"]),
        ("w " * 50, ["w"] * 10),
    ],
)
def test_only_words_are_taken(typed: str | None, words: list[str]) -> None:
    assert typed_words(typed) == words


def test_all_words_are_asked_for_as_typed_or_as_meant() -> None:
    words = [Word("sheltr", near=["shelter", "shelters"], codes=["emergency-shelter"]), Word("bed")]
    assert text_query(words) == TextQuery(
        "'sheltr':* & 'bed':*", "('sheltr':* | 'shelter' | 'shelters' | 'emergency-shelter') & ('bed':*)"
    )
    assert text_query([]) is None


def test_no_word_breaks_out_of_its_quotes() -> None:
    query = text_query([Word("a'b\\", near=["c' | 'd"])])
    assert query == TextQuery("'a''b\\\\':*", "('a''b\\\\':* | 'c'' | ''d')")


def test_small_words_of_a_label_say_nothing() -> None:
    assert label_words([("Safe and sound", "safe")]) == [("Safe", "safe"), ("sound", "safe")]
