"""SQL of the vault."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from paivand_kit.caller import Caller
from sqlalchemy import RowMapping, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from .keys import Wrapped
from .tables import CaseKeyRow

READ_KEY = text("""
    SELECT k.wrapped AS key_wrapped, k.kek_id AS key_kek_id FROM cases c JOIN case_keys k ON k.case_id = c.id
    WHERE c.id = :case_id AND c.organization_id = :organization
""")

# Replicas and the operator's command each take what no other has; a case that is being erased is passed over.
CLAIM_STALE = text("""
    SELECT case_id, kek_id AS key_kek_id, wrapped AS key_wrapped FROM case_keys
    WHERE wrapped IS NOT NULL AND kek_id <> :current ORDER BY case_id LIMIT :limit FOR UPDATE SKIP LOCKED
""")
REWRAP = text("""
    UPDATE case_keys k SET kek_id = :kek_id, wrapped = new.wrapped
    FROM unnest(CAST(:cases AS uuid[]), CAST(:wrapped AS bytea[])) AS new(case_id, wrapped)
    WHERE k.case_id = new.case_id
""")
COUNT = text("SELECT kek_id, count(*) FROM case_keys WHERE wrapped IS NOT NULL GROUP BY kek_id ORDER BY kek_id")


async def read_key(executor: AsyncSession | AsyncConnection, caller: Caller, case_id: UUID) -> RowMapping | None:
    """The key of a case of the caller's organization, as stored."""
    parameters = {"case_id": case_id, "organization": caller.organization()}
    return (await executor.execute(READ_KEY, parameters)).mappings().one_or_none()


async def add_key(executor: AsyncSession | AsyncConnection, case_id: UUID, key: Wrapped) -> None:
    """Gives a case its key, unless it has one."""
    row = insert(CaseKeyRow).values(case_id=case_id, kek_id=key.kek_id, wrapped=key.wrapped)
    await executor.execute(row.on_conflict_do_nothing())


async def claim_stale_unscoped(session: AsyncSession, *, current: str, limit: int) -> Sequence[RowMapping]:
    """Keys that another wrapping key than the current one wraps, and that nobody else is wrapping anew."""
    return (await session.execute(CLAIM_STALE, {"current": current, "limit": limit})).mappings().all()


async def put_wrapped_unscoped(session: AsyncSession, kek_id: str, keys: Mapping[UUID, bytes]) -> None:
    """Writes claimed keys, wrapped anew by one wrapping key."""
    parameters = {"kek_id": kek_id, "cases": list(keys), "wrapped": list(keys.values())}
    await session.execute(REWRAP, parameters)


async def count_by_wrapping_key_unscoped(session: AsyncSession) -> dict[str, int]:
    """How many cases' keys each wrapping key wraps."""
    return {row[0]: row[1] for row in await session.execute(COUNT)}
