"""The only place with SQL on capacity. Reads are scoped by the services that a caller can see, or say `_unscoped`."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from paivand_contracts.codes import Role
from paivand_contracts.envelope import new_id
from paivand_kit.caller import Caller
from sqlalchemy import BigInteger, RowMapping, literal, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from .rules import Figures
from .tables import CapacityHistoryRow, CapacityRow

Row = RowMapping

VISIBLE = """
    FROM capacity_figures f JOIN services s ON s.id = f.service_id JOIN organizations o ON o.id = s.organization_id
    WHERE (:sees_all OR o.status = 'active' OR o.id = CAST(:organization AS uuid))
"""
READ = text(f"SELECT f.*, o.id AS organization_id {VISIBLE} AND f.id = :id")
LIST = text(
    f"SELECT f.* {VISIBLE} AND f.service_id = :service_id"
    " AND (CAST(:after AS uuid) IS NULL OR f.id > CAST(:after AS uuid)) ORDER BY f.id LIMIT :limit"
)

# Everything about a capacity goes on under the lock of its row.
LOCK = text("""
    SELECT c.service_id, s.organization_id, s.status = 'active' AND o.status = 'active' AS is_open
    FROM service_capacities c JOIN services s ON s.id = c.service_id JOIN organizations o ON o.id = s.organization_id
    WHERE c.id = :id FOR UPDATE OF c
""")

# A statement of its own, after the lock: it sees what the last holder of the lock has left. Holds whose time has passed
# are marked for good, so that a clock that is put back cannot bring one to life again.
SETTLE = text("""
    WITH due AS (
        UPDATE holds SET status = 'expired', version = version + 1, last_modified = statement_timestamp()
        WHERE capacity_id = :id AND status = 'held' AND until <= statement_timestamp()
        RETURNING id AS hold_id, capacity_id, organization_id, quantity, until, status, version
    ), counted AS (
        UPDATE service_capacities SET version = version + (SELECT count(*) FROM due)
        WHERE id = :id AND EXISTS (SELECT FROM due)
    )
    SELECT f.*, coalesce((SELECT jsonb_agg(due) FROM due), '[]') AS expired FROM capacity_figures f WHERE f.id = :id
""")

RECORD = text("""
    WITH changed AS (
        UPDATE service_capacities SET maximum = :maximum, confirmed = :confirmed, version = :version
        WHERE id = :id
    )
    INSERT INTO capacity_history (capacity_id, version, change, maximum, confirmed, held, subject)
    VALUES (:id, :version, :change, :maximum, :confirmed, :held, :subject)
""")

CLAIM_STALE = text("""
    WITH stale AS (
        SELECT id FROM service_capacities WHERE NOT is_asked_to_confirm AND confirm_by < statement_timestamp()
        ORDER BY confirm_by LIMIT :limit FOR UPDATE SKIP LOCKED
    ), asked AS (
        UPDATE service_capacities c SET is_asked_to_confirm = true FROM stale WHERE c.id = stale.id RETURNING c.*
    )
    SELECT a.id AS capacity_id, a.service_id, a.confirmed_at, s.organization_id
    FROM asked a JOIN services s ON s.id = a.service_id
""")


def _scope(caller: Caller) -> dict[str, Any]:
    return {"sees_all": Role.COORDINATOR in caller.roles, "organization": caller.organization_id}


async def read(session: AsyncSession, caller: Caller, capacity_id: UUID) -> Row | None:
    """One that the caller can see."""
    return (await session.execute(READ, {"id": capacity_id, **_scope(caller)})).mappings().one_or_none()


async def list_of_service(
    session: AsyncSession, caller: Caller, service_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[Row]:
    """Those of one service, in the order in which they were added."""
    values = {"service_id": service_id, "after": after, "limit": limit, **_scope(caller)}
    return (await session.execute(LIST, values)).mappings().all()


async def add(session: AsyncSession, service_id: UUID, values: dict[str, Any]) -> UUID | None:
    """The id of the new row; None when the service has one of this unit and name."""
    statement = text("""
        INSERT INTO service_capacities
            (id, service_id, service_at_location_id, unit, name, maximum, confirmed, confirm_within, confirmed_at,
                confirm_by)
        VALUES (:id, :service_id, :service_at_location_id, :unit, :name, :maximum, :confirmed, :confirm_within,
            statement_timestamp(), statement_timestamp() + :confirm_within)
        ON CONFLICT DO NOTHING RETURNING id
    """)
    return await session.scalar(statement, {"id": new_id(), "service_id": service_id, **values})


async def is_place_of(session: AsyncSession, service_at_location_id: UUID, service_id: UUID) -> bool:
    """Whether it is one of the places of a service that the caller can see."""
    statement = text("SELECT EXISTS (SELECT FROM service_at_locations WHERE id = :id AND service_id = :service_id)")
    return bool(await session.scalar(statement, {"id": service_at_location_id, "service_id": service_id}))


async def lock_unscoped(session: AsyncSession, capacity_id: UUID) -> Row | None:
    """Whose it is; kept from changes by others until the transaction ends."""
    return (await session.execute(LOCK, {"id": capacity_id})).mappings().one_or_none()


async def settle(session: AsyncSession, capacity_id: UUID) -> Row:
    """The figures of a locked capacity, with the holds (`expired`) that this has marked as expired."""
    return (await session.execute(SETTLE, {"id": capacity_id})).mappings().one()


async def record(
    session: AsyncSession, capacity_id: UUID, version: int, figures: Figures, change: str, subject: str
) -> None:
    """Writes the next version of a locked capacity and its history."""
    values = {"maximum": figures.maximum, "confirmed": figures.confirmed, "held": figures.held}
    await session.execute(
        RECORD, {"id": capacity_id, "version": version, "change": change, "subject": subject, **values}
    )


async def describe(
    session: AsyncSession, capacity_id: UUID, *, name: str | None, confirm_within: timedelta | None, is_counted: bool
) -> bool:
    """Writes what is not a figure, of a locked capacity. False when another has this name."""
    taken = select(CapacityRow.id).where(
        CapacityRow.id != capacity_id,
        CapacityRow.name == name,
        CapacityRow.service_id == select(CapacityRow.service_id).where(CapacityRow.id == capacity_id).scalar_subquery(),
        CapacityRow.unit == select(CapacityRow.unit).where(CapacityRow.id == capacity_id).scalar_subquery(),
    )
    if name is not None and await session.scalar(taken) is not None:
        return False
    statement = text("""
        UPDATE service_capacities SET
            name = coalesce(:name, name),
            confirm_within = coalesce(:within, confirm_within),
            confirmed_at = CASE WHEN :counted THEN statement_timestamp() ELSE confirmed_at END,
            confirm_by = CASE WHEN :counted THEN statement_timestamp() ELSE confirmed_at END
                + coalesce(:within, confirm_within),
            is_asked_to_confirm = is_asked_to_confirm AND NOT :counted
        WHERE id = :id
    """)
    values = {"id": capacity_id, "name": name, "within": confirm_within, "counted": is_counted}
    await session.execute(statement, values)
    return True


async def list_history(
    session: AsyncSession, capacity_id: UUID, *, after: int, limit: int
) -> Sequence[CapacityHistoryRow]:
    """The changes in their order. The caller must have been found to be the owner."""
    query = (
        select(CapacityHistoryRow)
        .where(CapacityHistoryRow.capacity_id == capacity_id, CapacityHistoryRow.version > literal(after, BigInteger))
        .order_by(CapacityHistoryRow.version)
        .limit(limit)
    )
    return (await session.scalars(query)).all()


async def claim_stale(session: AsyncSession, *, limit: int) -> Sequence[Row]:
    """Marks figures that are older than promised, once each, and returns whose they are."""
    return (await session.execute(CLAIM_STALE, {"limit": limit})).mappings().all()
