"""The copy's wording is there in all three languages, and for all codes."""

import pytest
from paivand_contracts.codes import ReferralStatus
from paivand_referral.cases.schemas import Gender
from paivand_referral.consents.rules import Category, ConsentEnd, GivenBy
from paivand_referral.copies.texts import WORDS, CopyLanguage, Words
from paivand_referral.disclosures.rules import Kind


@pytest.mark.parametrize("key", WORDS)
def test_every_language_has_words_of_its_own(key: str) -> None:
    assert all(text.strip() for text in WORDS[key])
    assert len(WORDS[key]) == len(CopyLanguage)
    assert WORDS[key][0] not in WORDS[key][1:]


@pytest.mark.parametrize(
    "code", [*ReferralStatus, *Gender, *GivenBy, *Kind, *ConsentEnd, *(set(Category) - {Category.IDENTITY})]
)
def test_every_code_has_words(code: str) -> None:
    assert code in WORDS


def test_a_code_without_words_stays_as_it_is() -> None:
    assert Words(CopyLanguage.TAJIK)("18-24") == "18-24"
