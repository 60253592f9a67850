"""SQL of the vault."""

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


async def read_key(executor: AsyncSession | AsyncConnection, caller: Caller, case_id: UUID) -> RowMapping | None:
    """The key of a case of the caller's organization, as stored."""
    parameters = {"case_id": case_id, "organization": caller.organization()}
    return (await executor.execute(READ_KEY, parameters)).mappings().one_or_none()


async def add_key(executor: AsyncSession | AsyncConnection, case_id: UUID, key: Wrapped) -> None:
    """Gives a case its key, unless it has one."""
    row = insert(CaseKeyRow).values(case_id=case_id, kek_id=key.kek_id, wrapped=key.wrapped)
    await executor.execute(row.on_conflict_do_nothing())
