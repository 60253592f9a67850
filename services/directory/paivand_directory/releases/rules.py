"""When the exact place may be told. Pure."""

from paivand_contracts.codes import ReferralStatus

OPEN = frozenset({ReferralStatus.ACCEPTED, ReferralStatus.IN_PROGRESS, ReferralStatus.ON_HOLD})


def may_be_told(status: str) -> bool:
    """Only while the owner has the case: not before it accepted, and not after the end."""
    return status in OPEN
