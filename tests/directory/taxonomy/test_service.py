"""The starter taxonomy."""

import re

import pytest
from paivand_contracts.taxonomy import TERM_CODES, KnownTermCode
from paivand_directory.taxonomy.service import (
    FOREIGN,
    SYSTEMS,
    TERMS,
    mapped_into,
    mapped_to,
    unknown_codes,
    with_narrower,
)
from pydantic import TypeAdapter


@pytest.mark.parametrize("term", TERMS.values(), ids=TERMS)
def test_each_term_is_whole(term) -> None:
    assert TypeAdapter(KnownTermCode).validate_python(term.code) == term.code
    assert term.parent is None or term.parent in TERMS
    assert all(term.name[language].strip() for language in ("en", "ru", "tg"))
    assert term.description


@pytest.mark.parametrize("term", TERMS.values(), ids=TERMS)
def test_russian_and_tajik_are_in_cyrillic(term) -> None:
    assert not re.search("[A-Za-z]", term.name["ru"] + term.name["tg"])


def test_broader_term_finds_narrower_ones() -> None:
    assert with_narrower("shelter") == ["shelter", "emergency-shelter"]
    assert with_narrower("cash") == ["cash"]


def test_places_of_unknown_codes() -> None:
    assert unknown_codes(["cash", "magic", "shelter", ""]) == [1, 3]


def test_ids_do_not_change() -> None:
    assert str(TERMS["shelter"].id) == "6168777f-8b89-55f4-a440-554aae13bf2b"
    assert len({term.id for term in TERMS.values()}) == len(TERMS)


def test_contracts_know_the_same_codes() -> None:
    assert set(TERM_CODES) == set(TERMS)
    assert len(TERM_CODES) == len(TERMS)


def test_mappings_are_into_known_systems_and_say_how() -> None:
    mappings = [each for term in TERMS.values() for each in term.mappings]
    assert {each.system for each in mappings} == set(SYSTEMS)
    allowed = {"equivalent", "related-to", "source-is-narrower-than-target", "source-is-broader-than-target"}
    assert {each.relationship for each in mappings} <= allowed
    assert [code for code, term in TERMS.items() if not term.mappings] == ["safe-return-reintegration"]


def test_a_term_of_others_stands_for_all_of_ours_that_are_mapped_to_it() -> None:
    [homelessness] = {each.id for each in FOREIGN.values() if each.code == "homelessness"}
    assert mapped_to(homelessness) == ["shelter", "emergency-shelter"]
    assert mapped_to(TERMS["cash"].id) == []
    assert "cash" in mapped_into(SYSTEMS["sdoh-category"].id)
    assert "childcare" not in mapped_into(SYSTEMS["sdoh-category"].id)
