"""What may become of a hold."""

import pytest
from paivand_contracts.capacity import HoldStatus
from paivand_directory.holds.rules import Action, confirmed_by, held_by, outcome

H, C, R, E = HoldStatus.HELD, HoldStatus.CONFIRMED, HoldStatus.RELEASED, HoldStatus.EXPIRED


@pytest.mark.parametrize(
    ("status", "confirmed", "released"), [(H, C, R), (C, C, R), (R, None, R), (E, None, E)], ids=str
)
def test_outcomes(status: HoldStatus, confirmed: HoldStatus | None, released: HoldStatus) -> None:
    assert outcome(status, Action.CONFIRM) == confirmed
    assert outcome(status, Action.RELEASE) == released


@pytest.mark.parametrize("status", HoldStatus)
@pytest.mark.parametrize("action", Action)
def test_an_action_again_changes_nothing(status: HoldStatus, action: Action) -> None:
    once = outcome(status, action)
    assert once is None or outcome(once, action) == once


@pytest.mark.parametrize("before", HoldStatus)
@pytest.mark.parametrize("after", HoldStatus)
def test_no_unit_appears_or_vanishes(before: HoldStatus, after: HoldStatus) -> None:
    """What a change takes from held and confirmed together is what the hold no longer takes."""
    taking = {H: 2, C: 2, R: 0, E: 0}
    assert confirmed_by(before, after, 2) + held_by(before, after, 2) == taking[after] - taking[before]
