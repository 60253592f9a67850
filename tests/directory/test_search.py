"""What people type into a search box, as a text query."""

import pytest
from paivand_directory.search import prefix_query


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        (None, None),
        ("", None),
        (" !&|()'\\:* ", None),
        ("shelter", "shelter:*"),
        ("women  bed", "women:* & bed:*"),
        ("a&b|!c", "a:* & b:* & c:*"),
        ("Қонун", "Қонун:*"),
        ("x\x00y", "x:* & y:*"),
    ],
)
def test_words_are_asked_for_by_their_beginnings(typed: str | None, query: str | None) -> None:
    assert prefix_query(typed) == query
