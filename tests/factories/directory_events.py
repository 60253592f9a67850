"""Directory events as the directory service states them."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from paivand_contracts.capacity import CapacityStale, StaleFacts
from paivand_contracts.codes import OrganizationStatus
from paivand_contracts.directory import OrganizationChanged, OrganizationFacts
from paivand_contracts.membership import ExpiringFacts, MembershipExpiring, PersonFacts, PersonRemoved


def stale(organization_id: UUID) -> CapacityStale:
    """Figures of this organization are old."""
    facts = StaleFacts(
        capacity_id=uuid4(), service_id=uuid4(), organization_id=organization_id, confirmed_at=datetime.now(UTC)
    )
    return CapacityStale(subject=str(facts.capacity_id), data=facts)


def expiring(organization_id: UUID, on: date = date(2027, 1, 31)) -> MembershipExpiring:
    """The membership of this organization ends on that day."""
    facts = ExpiringFacts(organization_id=organization_id, expires_on=on)
    return MembershipExpiring(subject=str(organization_id), data=facts)


def changed(organization_id: UUID, status: OrganizationStatus, version: int) -> OrganizationChanged:
    """This organization is so now."""
    facts = OrganizationFacts(organization_id=organization_id, name="Panoh", status=status, version=version)
    return OrganizationChanged(subject=str(organization_id), data=facts)


def removed(organization_id: UUID, user_id: str) -> PersonRemoved:
    """This account works for the organization no more."""
    return PersonRemoved(subject=str(uuid4()), data=PersonFacts(organization_id=organization_id, user_id=user_id))
