"""Texts hold the number and the state, in every language, and nothing else."""

from datetime import UTC, datetime

import pytest
from paivand_notify.inbox.rules import Kind
from paivand_notify.texts import SENTENCES, Language, text_of, times_of

NUMBER = "R-7K2M-9QXD-4"


def reference_of(kind: Kind) -> str | None:
    """Of free places, and of an account, there is nothing to name."""
    return None if kind in (Kind.CAPACITY_STALE, Kind.UNUSUAL_READING) else NUMBER


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", Kind)
def test_text_is_the_reference_and_words_of_the_table(kind: Kind, language: Language) -> None:
    reference = reference_of(kind)
    text = text_of(kind, reference, language)
    assert text.replace(NUMBER, "{}") == SENTENCES[kind][list(Language).index(language)]
    assert text.count(NUMBER) == (1 if reference else 0)
    assert "\n" not in text


def test_every_kind_has_words_and_no_two_texts_are_the_same() -> None:
    assert set(SENTENCES) == set(Kind)
    for language in Language:
        assert len({text_of(kind, reference_of(kind), language) for kind in Kind}) == len(Kind)


@pytest.mark.parametrize("number", ["", "R-7K2M\r\nBcc: x@example.org", "Zarina Karimova", "R-1 <b>", "R-" + "7" * 40])
def test_nothing_but_a_number_gets_into_a_text(number: str) -> None:
    with pytest.raises(ValueError, match="neither a number nor a day"):
        text_of("accepted", number)


@pytest.mark.parametrize(("kind", "reference"), [("accepted", None), ("capacity-stale", NUMBER)])
def test_a_reference_is_where_one_belongs(kind: str, reference: str | None) -> None:
    with pytest.raises(ValueError, match="a reference too many"):
        text_of(kind, reference)


@pytest.mark.parametrize("language", Language)
def test_a_hearings_times_stand_on_the_clocks_of_its_court(language: Language) -> None:
    before, after = datetime(2026, 12, 1, 4, 30, tzinfo=UTC), datetime(2026, 12, 10, 9, tzinfo=UTC)
    times = times_of(after, "Asia/Dushanbe", before=before)
    assert times == "2026-12-01 09:30 → 2026-12-10 14:00 (Asia/Dushanbe)"
    text = text_of("hearing-adjourned", NUMBER, language, times=times)
    assert text == f"{text_of('hearing-adjourned', NUMBER, language)}: {times}"
    assert times_of(after, "America/Port-au-Prince") == "2026-12-10 04:00 (America/Port-au-Prince)"


@pytest.mark.parametrize("times", ["", "at noon", "2026-12-01 09:30 (Zarina Karimova)", "2026-12-01 09:30"])
def test_nothing_but_times_gets_in_beside_the_number(times: str) -> None:
    with pytest.raises(ValueError, match="no times"):
        text_of("hearing-held", NUMBER, times=times)
