"""One form for the many ways to write a file number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paivand_referral.court_files.rules import file_form, form


@pytest.mark.parametrize("written", ["1-482/2026", " 1 – 482 / 2026 ", "1.482.2026", "１-482/2026", "1—482_2026"])
def test_spelling_makes_no_difference(written: str) -> None:
    assert file_form("Court of Sino", written) == file_form("COURT  of Sino ", "1-482/2026")


def test_letters_digits_and_the_court_do() -> None:
    forms = {file_form(court, number) for court in ("Court A", "Court B") for number in ("1-482/2026", "14-82/2026")}
    assert len(forms) == 4


@pytest.mark.parametrize(("court", "number"), [("Court", "--"), ("/", "1")])
def test_nothing_is_found_by_punctuation(court: str, number: str) -> None:
    assert file_form(court, number) is None


@given(st.text())
def test_the_form_of_a_form_is_itself(text: str) -> None:
    assert form(form(text)) == form(text)
