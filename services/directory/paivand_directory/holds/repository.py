"""The only place with SQL on holds. A hold changes only under the lock of its capacity."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from paivand_contracts.capacity import HoldEventBase, HoldPlaced, HoldStatus
from paivand_kit.caller import Caller
from paivand_kit.database import wake_after_commit
from paivand_kit.outbox import document
from sqlalchemy import MappingResult, RowMapping, TextClause, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from .tables import HoldRow

Row = RowMapping

# A hold whose time has passed is expired for whoever reads it, before it is marked so; its version says the same.
COLUMNS = """
    h.id, h.capacity_id, h.organization_id, h.quantity, h.until, h.placed_at, h.last_modified,
    CASE WHEN h.status = 'held' AND h.until <= statement_timestamp() THEN 'expired' ELSE h.status END AS status,
    CASE WHEN h.status = 'held' AND h.until <= statement_timestamp() THEN h.version + 1 ELSE h.version END AS version,
    c.service_id, s.organization_id AS owner_organization_id
    FROM holds h JOIN service_capacities c ON c.id = h.capacity_id JOIN services s ON s.id = c.service_id
"""
GET = text(f"SELECT {COLUMNS} WHERE h.id = :id")
READ = text(f"SELECT {COLUMNS} WHERE h.id = :id AND :organization IN (h.organization_id, s.organization_id)")
LIST = text(
    f"SELECT {COLUMNS} WHERE h.capacity_id = :capacity_id"
    " AND (CAST(:after AS uuid) IS NULL OR h.id > CAST(:after AS uuid)) ORDER BY h.id LIMIT :limit"
)

ADD = text("""
    WITH added AS (
        INSERT INTO holds (id, capacity_id, organization_id, quantity, until, status)
        SELECT :id, :capacity_id, o.id, :quantity, :until, 'held' FROM organizations o
        WHERE o.id = :organization_id AND o.status = 'active'
        ON CONFLICT (id) DO NOTHING RETURNING *
    ), told AS (
        INSERT INTO outbox (event_type, event) SELECT :event_type, :event FROM added
    )
    SELECT added.*, CAST(:service_id AS uuid) AS service_id FROM added
""").bindparams(bindparam("event", type_=JSONB))

CHANGE = text("""
    WITH told AS (INSERT INTO outbox (event_type, event) VALUES (:event_type, :event))
    UPDATE holds SET status = :status, version = version + 1, last_modified = statement_timestamp() WHERE id = :id
    RETURNING holds.*, CAST(:service_id AS uuid) AS service_id
""").bindparams(bindparam("event", type_=JSONB))


async def get_unscoped(session: AsyncSession, hold_id: UUID) -> Row | None:
    """A hold, whoever placed it."""
    return (await session.execute(GET, {"id": hold_id})).mappings().one_or_none()


async def read(session: AsyncSession, caller: Caller, hold_id: UUID) -> Row | None:
    """A hold on what the caller's organization offers, or one that is kept for it."""
    values = {"id": hold_id, "organization": caller.organization()}
    return (await session.execute(READ, values)).mappings().one_or_none()


async def list_of_capacity(
    session: AsyncSession, capacity_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[Row]:
    """All holds of a capacity. The caller must have been found to be the owner."""
    values = {"capacity_id": capacity_id, "after": after, "limit": limit}
    return (await session.execute(LIST, values)).mappings().all()


async def add(session: AsyncSession, event: HoldPlaced) -> Row | None:
    """The new hold. None when there is one of this id, or no active organization to keep it for."""
    hold = event.data
    values = hold.model_dump(include={"capacity_id", "service_id", "organization_id", "quantity", "until"})
    return (await _write(session, ADD, event, {"id": hold.hold_id, **values})).one_or_none()


async def change(session: AsyncSession, event: HoldEventBase) -> Row:
    """The next state of a hold."""
    hold = event.data
    values = {"id": hold.hold_id, "status": hold.status, "service_id": hold.service_id}
    return (await _write(session, CHANGE, event, values)).one()


async def _write(
    session: AsyncSession, statement: TextClause, event: HoldEventBase, values: dict[str, Any]
) -> MappingResult:
    wake_after_commit(session)
    values = {**values, "event_type": event.type, "event": document(event)}
    return (await session.execute(statement, values)).mappings()


async def list_due_unscoped(session: AsyncSession) -> list[UUID]:
    """Capacities with holds whose time has passed and which nobody has marked yet."""
    due = select(HoldRow.capacity_id).where(
        HoldRow.status == HoldStatus.HELD, HoldRow.until <= func.statement_timestamp()
    )
    return list(await session.scalars(due.distinct().limit(500)))
