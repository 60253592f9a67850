"""The figures hang together whatever is counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paivand_directory.capacity.rules import BrokenRuleError, Figures, counted

COUNTS = st.none() | st.integers(0, 12)


@st.composite
def figures(draw: st.DrawFn) -> Figures:
    promised, walked_in, held, free = (draw(st.integers(0, 4)) for _ in range(4))
    return Figures(promised + walked_in + held + free, promised + walked_in, held, promised)


@given(figures(), COUNTS, COUNTS)
def test_whatever_is_counted_no_promise_is_lost(before: Figures, maximum: int | None, available: int | None) -> None:
    try:
        after = counted(before, maximum=maximum, available=available)
    except BrokenRuleError:
        return
    assert after.available >= 0
    assert after.confirmed >= after.promised == before.promised
    assert after.held == before.held
    assert available is None or after.available == available
    assert maximum is None or after.maximum == maximum
    assert after.confirmed + after.held + after.available == after.maximum


@pytest.mark.parametrize(
    ("maximum", "available", "field", "rule"),
    [
        (None, 5, "available", "above_maximum"),
        (None, 3, "available", "promised"),
        (3, None, "maximum", "below_use"),
        (2, 0, "available", "promised"),
    ],
)
def test_the_broken_rule_is_named(maximum: int | None, available: int | None, field: str, rule: str) -> None:
    present = Figures(maximum=5, confirmed=3, held=1, promised=2)
    with pytest.raises(BrokenRuleError) as broken:
        counted(present, maximum=maximum, available=available)
    assert (broken.value.field, broken.value.rule) == (field, rule)
