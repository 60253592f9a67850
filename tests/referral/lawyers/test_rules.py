"""Nobody represents both sides."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paivand_referral.lawyers.rules import ConflictOfInterest, Representation, check_conflict

ORGANIZATIONS = [uuid4() for _ in range(4)]
SOMEBODY = st.builds(Representation, st.sampled_from(ORGANIZATIONS), st.sampled_from([None, "a", "b", "c"]))


@given(SOMEBODY, st.lists(SOMEBODY, max_size=6))
def test_a_conflict_is_the_same_organization_or_the_same_lawyer(
    candidate: Representation, opposing: list[Representation]
) -> None:
    expected = candidate.organization_id in {other.organization_id for other in opposing} or (
        candidate.subject is not None and candidate.subject in {other.subject for other in opposing}
    )
    if expected:
        with pytest.raises(ConflictOfInterest):
            check_conflict(candidate, opposing)
    else:
        check_conflict(candidate, opposing)


def test_two_unnamed_lawyers_are_not_the_same_person() -> None:
    check_conflict(Representation(ORGANIZATIONS[0]), [Representation(ORGANIZATIONS[1])])
