"""Texts hold the number and the state, in every language, and nothing else."""

import pytest
from paivand_notify.inbox.rules import Kind
from paivand_notify.texts import WORDS, Language, text_of

NUMBER = "R-7K2M-9QXD-4"


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", Kind)
def test_text_is_the_number_and_words_of_the_table(kind: Kind, language: Language) -> None:
    text = text_of(kind, NUMBER, language)
    assert text.count(NUMBER) == 1
    assert text.endswith(f": {WORDS[kind][list(Language).index(language)]}")
    assert "\n" not in text


def test_every_kind_has_words_and_no_two_texts_are_the_same() -> None:
    assert set(WORDS) == set(Kind)
    for language in Language:
        assert len({text_of(kind, NUMBER, language) for kind in Kind}) == len(Kind)


@pytest.mark.parametrize("number", ["", "R-7K2M\r\nBcc: x@example.org", "Zarina Karimova", "R-1 <b>", "R-" + "7" * 40])
def test_nothing_but_a_number_gets_into_a_text(number: str) -> None:
    with pytest.raises(ValueError, match="not a referral number"):
        text_of("accepted", number)
