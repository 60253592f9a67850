"""The only place with SQL on eligibility. The caller's right to see a service is found by the services feature."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from paivand_contracts.matching import Criterion
from sqlalchemy import RowMapping, delete, func, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from .tables import CriterionRow, EligibilityRow

CONDITIONS = text("""
    SELECT service_id, attribute, operator, codes, minimum, maximum FROM eligibility_conditions
    WHERE service_id = ANY(:service_ids) ORDER BY service_id, attribute, operator
""")


async def version_of(session: AsyncSession, service_id: UUID) -> int:
    """The version of a service's conditions, 0 when it stated none."""
    return await session.scalar(select(EligibilityRow.version).where(EligibilityRow.service_id == service_id)) or 0


async def raise_version(session: AsyncSession, service_id: UUID) -> int:
    """The next version of a service's conditions. Locks it until the transaction ends."""
    statement = upsert(EligibilityRow).values(service_id=service_id, version=1)
    statement = statement.on_conflict_do_update(
        index_elements=[EligibilityRow.service_id],
        set_={"version": EligibilityRow.version + 1, "last_modified": func.statement_timestamp()},
    )
    return (await session.execute(statement.returning(EligibilityRow.version))).scalar_one()


async def replace(session: AsyncSession, service_id: UUID, criteria: Sequence[Criterion]) -> None:
    """Writes all conditions anew."""
    await session.execute(delete(CriterionRow).where(CriterionRow.service_id == service_id))
    rows: list[dict[str, Any]] = [{"service_id": service_id, **each.model_dump()} for each in criteria]
    if rows:
        # One statement for all, since a trigger brings matching up to date after each.
        await session.execute(insert(CriterionRow).values(rows))


async def list_conditions_unscoped(session: AsyncSession, service_ids: Sequence[UUID]) -> Sequence[RowMapping]:
    """The conditions of services that the caller was found to see, ages among them."""
    return (await session.execute(CONDITIONS, {"service_ids": list(service_ids)})).mappings().all()
