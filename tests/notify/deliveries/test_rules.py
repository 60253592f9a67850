"""When a delivery is tried again."""

import pytest
from paivand_notify.deliveries.rules import pause_before_next
from paivand_notify.settings import Settings

PAUSES = [5, 30, 120]


@pytest.mark.parametrize(("attempts", "pause"), [(1, 5), (2, 30), (3, 120), (4, None), (9, None)])
def test_pauses_follow_the_list_and_end_with_it(attempts: int, pause: float | None) -> None:
    assert pause_before_next(attempts, PAUSES, chance=0.5) == pause


def test_chance_spreads_by_a_fifth() -> None:
    assert [pause_before_next(2, PAUSES, chance=chance) for chance in (0, 1)] == pytest.approx([24, 36])


def test_default_goes_on_for_more_than_a_day() -> None:
    pauses = Settings.model_fields["webhook_retry_seconds"].default
    assert pauses == sorted(pauses)
    assert sum(pauses) > 24 * 3600
