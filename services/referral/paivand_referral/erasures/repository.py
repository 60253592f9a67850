"""SQL of the erasures."""

from datetime import datetime
from typing import Any
from uuid import UUID

from paivand_kit.caller import Caller
from sqlalchemy import RowMapping, delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from .tables import ErasureRow, LegalHoldRow

# Holds, erasures and changes of the identity wait for each other here, so that each sees what the one before did.
LOCK = """
    SELECT c.id AS case_id, c.number, c.organization_id, k.kek_id, k.wrapped
    FROM cases c JOIN case_keys k ON k.case_id = c.id WHERE {} FOR UPDATE OF k
"""
LOCK_OWN = text(LOCK.format("c.id = :case_id AND c.organization_id = :organization"))
LOCK_NUMBERED = text(LOCK.format("c.number = :number"))
OWN = text("SELECT 1 FROM cases WHERE id = :case_id AND organization_id = :organization")
# Who sealed with the key from memory while it was destroyed has written what nobody can open.
DESTROY = text("""
    WITH key AS (
        UPDATE case_keys SET wrapped = NULL, destroyed_at = :now WHERE case_id = :case_id
    ), forgotten AS (
        DELETE FROM identities WHERE case_id = :case_id RETURNING 1
    ), unindexed AS (
        DELETE FROM identity_index WHERE case_id = :case_id RETURNING 1
    ), unlisted AS (
        UPDATE proceedings SET court_file_number = NULL, court_file_index = NULL WHERE case_id = :case_id
    )
    SELECT (SELECT count(*) FROM forgotten) AS identities, (SELECT count(*) FROM unindexed) AS index_tokens
""")


async def lock(session: AsyncSession, caller: Caller, case_id: UUID) -> RowMapping | None:
    """An own case with its stored key, held until the transaction ends."""
    parameters = {"case_id": case_id, "organization": caller.organization()}
    return (await session.execute(LOCK_OWN, parameters)).mappings().one_or_none()


async def lock_numbered_unscoped(session: AsyncSession, number: str) -> RowMapping | None:
    """Any case with its stored key, for the operators."""
    return (await session.execute(LOCK_NUMBERED, {"number": number})).mappings().one_or_none()


async def owns(session: AsyncSession, caller: Caller, case_id: UUID) -> bool:
    """Whether the case is the caller's organization's."""
    parameters = {"case_id": case_id, "organization": caller.organization()}
    return (await session.execute(OWN, parameters)).first() is not None


async def destroy(session: AsyncSession, case_id: UUID, now: datetime) -> RowMapping:
    """Destroys the key of a locked case and deletes the identity; says how much was deleted."""
    return (await session.execute(DESTROY, {"case_id": case_id, "now": now})).mappings().one()


async def add_receipt(session: AsyncSession, values: dict[str, Any]) -> None:
    """Writes the receipt."""
    await session.execute(insert(ErasureRow).values(values))


async def receipt_of_own(session: AsyncSession, caller: Caller, case_id: UUID) -> ErasureRow | None:
    """The receipt of an own case that was erased."""
    return await session.get(ErasureRow, case_id) if await owns(session, caller, case_id) else None


async def hold_of_locked_unscoped(session: AsyncSession, case_id: UUID) -> LegalHoldRow | None:
    """The hold on a case that was found to be the caller's."""
    return await session.get(LegalHoldRow, case_id)


async def put_hold(session: AsyncSession, values: dict[str, Any]) -> None:
    """Puts a locked case on hold; one that is there gets the new reason."""
    await session.execute(
        insert(LegalHoldRow).values(values).on_conflict_do_update(index_elements=["case_id"], set_=values)
    )


async def remove_hold(session: AsyncSession, case_id: UUID) -> None:
    """Ends the hold on a locked case."""
    await session.execute(delete(LegalHoldRow).where(LegalHoldRow.case_id == case_id))
