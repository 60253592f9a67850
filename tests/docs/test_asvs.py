"""docs/asvs.md has every requirement, and what it names as proof is there."""

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/asvs.md").read_text()
ROWS = re.findall(r"^\| (\d+)\.(\d+)\.(\d+) \| ([123]) \| (met|partly|not met|n/a) \| (.+) \|$", PAGE, re.MULTILINE)
REQUIREMENTS = 345
"""Of ASVS 5.0.0."""


def test_every_requirement_is_there_once_and_in_order() -> None:
    numbers = [(int(chapter), int(section), int(item)) for chapter, section, item, *_ in ROWS]
    assert len(numbers) == REQUIREMENTS
    assert len(re.findall(r"^\| \d+\.\d+\.\d+ ", PAGE, re.MULTILINE)) == REQUIREMENTS, "a row in another form"
    for (chapter, section, item), following in pairwise(numbers):
        assert following in {
            (chapter, section, item + 1),
            (chapter, section + 1, 1),
            (chapter + 1, 1, 1),
            (chapter + 1, 2, 1),
        }


def test_the_totals_are_those_of_the_rows() -> None:
    for level in "123":
        totals = Counter(state for *_, row_level, state, _ in ROWS if row_level <= level)
        line = f"| {level} | {totals['met']} | {totals['partly']} | {totals['not met']} | {totals['n/a']} |"
        assert line in PAGE, line


@pytest.mark.parametrize("row", ROWS, ids=[".".join(row[:3]) for row in ROWS])
def test_what_is_claimed_is_shown(row: tuple[str, ...]) -> None:
    *_, state, why = row
    named = [each for each in re.findall(r"`([^`]+)`", why) if (ROOT / each.split("/")[0].split("::")[0]).exists()]
    assert named or state not in ("met", "partly"), "neither a test nor a file"
    for each in named:
        path, _, name = each.partition("::")
        assert (ROOT / path).exists(), path
        if name:
            text = (ROOT / path).read_text()
            assert re.search(rf"^ *(async )?(def|class) {name}\b", text, re.MULTILINE), each
