"""SQL of the court files. Reads start from the proceedings that the caller may see."""

from typing import Any
from uuid import UUID

from paivand_kit.caller import Caller
from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncSession

from ..proceedings.repository import visible_to
from ..proceedings.tables import ProceedingRow
from ..vault.tables import CaseKeyRow


async def get(session: AsyncSession, caller: Caller, proceeding_id: UUID) -> RowMapping | None:
    """The sealed number of a proceeding that the caller may see, with the stored key of its case."""
    seen = visible_to(caller).with_only_columns(ProceedingRow.id).where(ProceedingRow.id == proceeding_id)
    columns: tuple[Any, ...] = (
        ProceedingRow.case_id,
        ProceedingRow.version,
        ProceedingRow.court_file_number,
        CaseKeyRow.wrapped.label("key_wrapped"),
        CaseKeyRow.kek_id.label("key_kek_id"),
    )
    query = select(*columns).outerjoin(CaseKeyRow, CaseKeyRow.case_id == ProceedingRow.case_id)
    return (await session.execute(query.where(ProceedingRow.id.in_(seen)))).mappings().one_or_none()
