"""The life of a proceeding, row by row."""

from itertools import product

import pytest
from paivand_referral.proceedings.rules import TRANSITIONS, Action, NotNow, Status, decide, takes_changes

TABLE = {
    (Status.OPEN, Action.SUSPEND): Status.SUSPENDED,
    (Status.SUSPENDED, Action.RESUME): Status.OPEN,
    (Status.OPEN, Action.CLOSE): Status.CLOSED,
    (Status.SUSPENDED, Action.CLOSE): Status.CLOSED,
    (Status.CLOSED, Action.REOPEN): Status.OPEN,
}


@pytest.mark.parametrize(("status", "action"), list(product(Status, Action)))
def test_every_action_in_every_state(status: Status, action: Action) -> None:
    if (status, action) in TABLE:
        assert decide(status, action) is TABLE[status, action]
        return
    with pytest.raises(NotNow) as refused:
        decide(status, action)
    assert refused.value.allowed == [other for other in TRANSITIONS if (status, other) in TABLE]


def test_only_a_closed_one_takes_no_changes() -> None:
    assert [status for status in Status if not takes_changes(status)] == [Status.CLOSED]
