"""When a right counts as missed."""

from itertools import product

import pytest
from paivand_referral.proceedings.rules import Stage
from paivand_referral.proceedings.rules import Status as ProceedingStatus
from paivand_referral.rights.rules import DUE_BY, STAGES, Right, Status, due_in, is_missed, needs_evidence


def test_every_right_has_its_time() -> None:
    assert set(DUE_BY) == set(Right)


@pytest.mark.parametrize(("right", "stage"), list(product(Right, Stage)))
def test_missed_is_open_after_its_stage_or_at_the_end(right: Right, stage: Stage) -> None:
    is_late = STAGES.index(stage) > STAGES.index(DUE_BY[right])
    assert is_missed(right, Status.OPEN, stage, ProceedingStatus.OPEN) == is_late
    assert is_missed(right, Status.OPEN, stage, ProceedingStatus.CLOSED)
    for status in set(Status) - {Status.OPEN}:
        assert not is_missed(right, status, stage, ProceedingStatus.CLOSED)
    assert (right in due_in(stage, ProceedingStatus.OPEN)) == is_late


def test_only_what_happened_needs_to_be_shown() -> None:
    assert {status for status in Status if needs_evidence(status)} == {Status.GIVEN, Status.REFUSED}
