"""SQL of the rights checklist. Reads start from the proceedings that the caller may see."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from paivand_kit.caller import Caller
from sqlalchemy import ColumnElement, Row, Text, and_, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from ..proceedings.repository import visible_to as proceedings_visible_to
from ..proceedings.tables import ProceedingRow
from .tables import RightRow


async def list_of(session: AsyncSession, caller: Caller, proceeding_id: UUID) -> Sequence[RightRow]:
    """What was said of the rights in one proceeding."""
    seen = proceedings_visible_to(caller).with_only_columns(ProceedingRow.id)
    query = select(RightRow).where(RightRow.proceeding_id == proceeding_id, RightRow.proceeding_id.in_(seen))
    return (await session.scalars(query)).all()


async def put(session: AsyncSession, proceeding_id: UUID, right: str, values: dict[str, Any]) -> RightRow:
    """Writes what is said of a right. Hold the proceeding first."""
    statement = insert(RightRow).values(proceeding_id=proceeding_id, right=right, **values)
    changed = {**values, "version": RightRow.version + 1, "updated_at": func.now()}
    statement = statement.on_conflict_do_update(index_elements=["proceeding_id", "right_code"], set_=changed)
    return (await session.scalars(statement.returning(RightRow), execution_options={"populate_existing": True})).one()


def at(stage: str, *, is_closed: bool) -> ColumnElement[bool]:
    """Proceedings that have come so far."""
    return and_(ProceedingRow.stage == stage, (ProceedingRow.status == "closed") == literal(is_closed))


async def list_with_open(
    session: AsyncSession,
    caller: Caller,
    due: Iterable[tuple[ColumnElement[bool], frozenset[str]]],
    *,
    before: UUID | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Proceedings, newest first, in which a right that is due at their point is open; with the rights that are not."""
    said = (
        select(func.coalesce(func.array_agg(RightRow.right), literal([], ARRAY(Text))))
        .where(RightRow.proceeding_id == ProceedingRow.id, RightRow.status != "open")
        .scalar_subquery()
    )
    lacks = or_(
        *(point & (~said.bool_op("@>")(literal(sorted(rights), ARRAY(Text)))) for point, rights in due if rights)
    )
    query = proceedings_visible_to(caller).add_columns(said.label("said")).where(lacks)
    if before is not None:
        query = query.where(ProceedingRow.id < before)
    return (await session.execute(query.order_by(ProceedingRow.id.desc()).limit(limit))).all()
