"""SQL of the projection. An older version never overwrites a newer one."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from paivand_kit.caller import Caller
from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from .tables import MemberRow


def visible_to(caller: Caller) -> Select[MemberRow]:
    """The caller's own organization."""
    return select(MemberRow).where(MemberRow.id == caller.organization_id)


async def put(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Takes over the state of organizations, each at most once."""
    statement = insert(MemberRow)
    newer = {name: statement.excluded[name] for name in ("is_active", "version")}
    upsert = statement.on_conflict_do_update(
        index_elements=["id"], set_=newer, where=MemberRow.version < statement.excluded.version
    )
    await session.execute(upsert, rows)


async def list_inactive_unscoped(session: AsyncSession, ids: Sequence[UUID]) -> Sequence[UUID]:
    """Those of these organizations that do not take part."""
    query = select(MemberRow.id).where(MemberRow.id.in_(ids), MemberRow.is_active.is_(False))
    return (await session.scalars(query)).all()


async def lock_shared(session: AsyncSession, caller: Caller) -> MemberRow | None:
    """The caller's organization, which cannot be suspended until the transaction ends."""
    return await session.scalar(visible_to(caller).with_for_update(read=True))
