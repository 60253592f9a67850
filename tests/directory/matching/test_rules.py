"""What counts how much."""

from datetime import UTC, datetime
from typing import Any

import pytest
from paivand_contracts.matching import JudgedCriterion, Verdict
from paivand_directory.matching.rules import Weights, obstacles


def judged(verdict: Verdict, **fields: Any) -> JudgedCriterion:
    return JudgedCriterion.model_validate(
        {"attribute": "gender", "operator": "any-of", "codes": ["male"], "verdict": verdict} | fields
    )


def test_the_best_is_a_hundred() -> None:
    assert sum(Weights()) == 100


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "gender: only male"),
        ({"attribute": "risks", "operator": "none-of", "codes": ["violence", "other"]}, "risks: not violence, other"),
        ({"attribute": "accessibility", "operator": "covers", "codes": ["lift"]}, "accessibility: nothing but lift"),
        ({"attribute": "age", "operator": "within", "codes": [], "minimum": 18, "maximum": 60}, "age: 18 to 60"),
        ({"attribute": "age", "operator": "within", "codes": [], "minimum": 18}, "age: at least 18"),
        ({"attribute": "children", "operator": "within", "codes": [], "maximum": 2}, "children: at most 2"),
    ],
)
def test_a_condition_that_is_not_met_is_said_in_words(fields: dict[str, Any], words: str) -> None:
    found = obstacles([judged(Verdict.NOT_MET, **fields)], is_full=False, is_open=None, full_until=None)
    assert list(found.values()) == [words]


def test_each_obstacle_is_named() -> None:
    unknown, until = judged(Verdict.UNKNOWN), datetime(2026, 11, 27, 10, tzinfo=UTC)
    assert obstacles([unknown], is_full=False, is_open=True, full_until=None) == {}
    found = obstacles([unknown], is_full=True, is_open=None, full_until=until)
    assert found == {"full": "full until 2026-11-27 10:00 UTC"}
    assert obstacles([judged(Verdict.NOT_MET)], is_full=True, is_open=False, full_until=None) == {
        "gender": "gender: only male",
        "full": "full",
        "closed": "closed at that time",
    }
