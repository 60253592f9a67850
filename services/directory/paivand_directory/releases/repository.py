"""The only place with SQL on releases."""

from collections.abc import Sequence
from uuid import UUID

from paivand_contracts.envelope import new_id
from paivand_contracts.referral import ReferralFacts
from paivand_kit.caller import Caller
from sqlalchemy import insert as plain_insert
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from ..service_at_locations.tables import ServiceAtLocationRow
from .tables import LocationReleaseRow, ReferralPartiesRow

PARTIES = ("requester_organization_id", "service_id", "status", "version")
_newest = insert(ReferralPartiesRow)
# Made once: it is executed for every event of the referral service.
PUT_PARTIES = _newest.on_conflict_do_update(
    index_elements=["id"],
    set_={name: _newest.excluded[name] for name in PARTIES},
    where=ReferralPartiesRow.version < _newest.excluded.version,
)


async def put_parties(session: AsyncSession, facts: Sequence[ReferralFacts]) -> None:
    """Takes over the states of referrals; an older one never overwrites a newer one."""
    rows = [{"id": one.referral_id, **{name: getattr(one, name) for name in PARTIES}} for one in facts]
    connection = await session.connection()
    await connection.execute(PUT_PARTIES, rows)


async def lock_parties(
    session: AsyncSession, caller: Caller, referral_id: UUID, location_id: UUID
) -> ReferralPartiesRow | None:
    """A referral that the caller's organization sent to a service that is given there; it stays as it is meanwhile."""
    given = select(ServiceAtLocationRow.service_id).where(ServiceAtLocationRow.location_id == location_id)
    query = select(ReferralPartiesRow).where(
        ReferralPartiesRow.id == referral_id,
        ReferralPartiesRow.requester_organization_id == caller.organization_id,
        ReferralPartiesRow.service_id.in_(given),
    )
    return await session.scalar(query.with_for_update(read=True, of=ReferralPartiesRow))


async def record(
    session: AsyncSession, caller: Caller, *, location_id: UUID, owner_organization_id: UUID, referral_id: UUID
) -> LocationReleaseRow:
    """Writes down who is told."""
    statement = plain_insert(LocationReleaseRow).values(
        id=new_id(),
        location_id=location_id,
        owner_organization_id=owner_organization_id,
        referral_id=referral_id,
        organization_id=caller.organization(),
        subject=caller.subject,
    )
    return (await session.scalars(statement.returning(LocationReleaseRow))).one()


async def list_releases(
    session: AsyncSession, caller: Caller, location_id: UUID, *, after: UUID | None, limit: int
) -> list[LocationReleaseRow]:
    """Of a location of the caller's own organization, the oldest first."""
    query = select(LocationReleaseRow).where(
        LocationReleaseRow.location_id == location_id,
        LocationReleaseRow.owner_organization_id == caller.organization_id,
    )
    if after is not None:
        query = query.where(LocationReleaseRow.id > after)
    return list(await session.scalars(query.order_by(LocationReleaseRow.id).limit(limit)))
