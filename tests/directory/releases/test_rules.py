"""When the exact place may be told."""

from paivand_contracts.codes import ReferralStatus
from paivand_directory.releases.rules import may_be_told


def test_only_while_the_owner_has_the_case() -> None:
    told = {status for status in ReferralStatus if may_be_told(status)}
    assert told == {ReferralStatus.ACCEPTED, ReferralStatus.IN_PROGRESS, ReferralStatus.ON_HOLD}
