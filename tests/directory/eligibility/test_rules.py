"""Three-valued eligibility."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paivand_contracts.matching import Attribute, Criterion, Profile, Verdict
from paivand_directory.eligibility.rules import (
    OPERATORS,
    QUESTIONS,
    answers,
    fault_of,
    together,
    verdict,
)

MET, UNKNOWN, NOT_MET = Verdict.MET, Verdict.UNKNOWN, Verdict.NOT_MET


def a_criterion(attribute: str, operator: str, *codes: str, **limits: int) -> Criterion:
    return Criterion.model_validate({"attribute": attribute, "operator": operator, "codes": codes, **limits})


@pytest.mark.parametrize(
    ("criterion", "profile", "expected"),
    [
        (a_criterion("gender", "any-of", "female"), {"gender": "female"}, MET),
        (a_criterion("gender", "any-of", "female"), {"gender": "male"}, NOT_MET),
        (a_criterion("gender", "any-of", "female"), {}, UNKNOWN),
        (a_criterion("age", "within", minimum=18), {"age": {"minimum": 18, "maximum": 24}}, MET),
        (a_criterion("age", "within", minimum=18), {"age": {"minimum": 12, "maximum": 17}}, NOT_MET),
        (a_criterion("age", "within", minimum=18), {"age": {"minimum": 16, "maximum": 20}}, UNKNOWN),
        (a_criterion("age", "within", maximum=17), {"age": {"minimum": 17, "maximum": 17}}, MET),
        (a_criterion("age", "within", minimum=18, maximum=20), {"age": {"minimum": 10, "maximum": 60}}, UNKNOWN),
        (a_criterion("children", "within", maximum=2), {"children_ages": [1, 5]}, MET),
        (a_criterion("children", "within", maximum=2), {"children_ages": [1, 5, 7]}, NOT_MET),
        (a_criterion("children-ages", "all-within", maximum=12), {"children_ages": [1, 13]}, NOT_MET),
        (a_criterion("children-ages", "all-within", maximum=12), {"children_ages": []}, MET),
        (a_criterion("children-ages", "all-within", maximum=12), {}, UNKNOWN),
        (a_criterion("languages", "any-of", "tg", "ru"), {"languages": ["uz", "ru"]}, MET),
        (a_criterion("accessibility", "covers", "wheelchair"), {"accessibility": ["wheelchair", "braille"]}, NOT_MET),
        (a_criterion("accessibility", "covers", "wheelchair"), {"accessibility": []}, MET),
        (a_criterion("risks", "none-of", "violence"), {"risks": ["violence"]}, NOT_MET),
        (a_criterion("risks", "none-of", "violence"), {"risks": []}, MET),
        (a_criterion("pregnant", "none-of", "yes"), {"pregnant": True}, NOT_MET),
        (a_criterion("pregnant", "none-of", "yes"), {"pregnant": False}, MET),
        (a_criterion("identified", "any-of", "yes"), {"identified": False}, NOT_MET),
        (a_criterion("origin-area", "none-of", "TJ-KT"), {"origin_area": "TJ-KT"}, NOT_MET),
    ],
)
def test_verdicts(criterion: Criterion, profile: dict[str, Any], expected: Verdict) -> None:
    assert verdict(criterion, answers(Profile.model_validate(profile))) == expected


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_a_band_is_decided_only_when_every_age_in_it_agrees(a: int, b: int, c: int, d: int) -> None:
    criterion = a_criterion("age", "within", minimum=min(a, b), maximum=max(a, b))

    def of(low: int, high: int) -> Verdict:
        return verdict(criterion, answers(Profile.model_validate({"age": {"minimum": low, "maximum": high}})))

    each = {of(age, age) for age in range(min(c, d), max(c, d) + 1)}
    assert of(min(c, d), max(c, d)) == (each.pop() if len(each) == 1 else UNKNOWN)


def test_together_is_the_worst_known() -> None:
    for first, second in product(Verdict, repeat=2):
        expected = NOT_MET if NOT_MET in (first, second) else UNKNOWN if UNKNOWN in (first, second) else MET
        assert together([first, second]) == expected
    assert together([]) == MET


def test_every_attribute_has_operators_and_a_question() -> None:
    assert set(OPERATORS) == set(QUESTIONS) == set(Attribute)


def test_each_attribute_can_be_answered() -> None:
    everything = {
        "age": {"minimum": 20, "maximum": 20},
        "gender": "female",
        "children_ages": [3],
        "languages": ["tg"],
        "accessibility": ["wheelchair"],
        "citizenship": ["TJ"],
        "residence_status": "citizen",
        "disability": ["physical"],
        "pregnant": False,
        "exploitation": ["labour"],
        "risks": ["violence"],
        "identified": True,
        "area": "TJ-DU",
        "origin_area": "TJ-KT",
    }
    assert set(answers(Profile.model_validate(everything))) == set(Attribute)
    assert answers(Profile()) == {}


@pytest.mark.parametrize(
    ("criterion", "field", "rule"),
    [
        (a_criterion("age", "any-of", "adult"), "operator", "operator"),
        (a_criterion("gender", "within", minimum=18), "operator", "operator"),
        (a_criterion("children", "any-of", "one"), "operator", "operator"),
        (a_criterion("children", "within"), "maximum", "missing"),
        (a_criterion("children", "within", minimum=3, maximum=1), "maximum", "range"),
        (a_criterion("children", "within", "x", maximum=1), "codes", "unexpected"),
        (a_criterion("gender", "any-of"), "codes", "missing"),
        (a_criterion("gender", "any-of", "female", "robot"), "codes/1", "code"),
        (a_criterion("gender", "any-of", "female", minimum=1), "minimum", "unexpected"),
    ],
)
def test_fault_names_field_and_rule(criterion: Criterion, field: str, rule: str) -> None:
    fault = fault_of(criterion)
    assert fault is not None
    assert (fault.field, fault.rule) == (field, rule)
