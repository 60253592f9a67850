"""The starter taxonomy."""

import re

import pytest
from paivand_directory.services.schemas import TermCode
from paivand_directory.taxonomy.service import TERMS, unknown_codes, with_narrower
from pydantic import TypeAdapter


@pytest.mark.parametrize("term", TERMS.values(), ids=TERMS)
def test_each_term_is_whole(term) -> None:
    assert TypeAdapter(TermCode).validate_python(term.code) == term.code
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
