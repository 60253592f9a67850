"""Numbers survive the telephone."""

from hypothesis import given
from hypothesis import strategies as st
from paivand_referral.numbers import ALPHABET, is_valid_number, new_number
from paivand_referral.referrals.schemas import Referral


def test_a_number_says_what_it_is_of() -> None:
    number = new_number("R")
    assert number.startswith("R-")
    assert is_valid_number(number)
    assert is_valid_number(number.lower())


def test_the_number_in_the_documents_is_one() -> None:
    assert is_valid_number(Referral.model_fields["number"].examples[0])


@given(st.integers(min_value=0, max_value=9), st.sampled_from(ALPHABET))
def test_one_misheard_character_is_noticed(place: int, heard: str) -> None:
    number = new_number("C")
    digits = list(number[2:].replace("-", ""))
    if digits[place] == heard:
        return
    digits[place] = heard
    assert not is_valid_number("C-" + "".join(digits))


def test_nothing_else_is_a_number() -> None:
    for wrong in ("", "R-", "R-7K2M", "R-AAAA-AAAA-AA", "R-7K2M-9QXD-4C-4C"):
        assert not is_valid_number(wrong)
