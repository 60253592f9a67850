"""SQL of the proceedings. Reads start from `visible_to`, or say `_unscoped`."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from paivand_contracts.codes import Role
from paivand_kit.caller import Caller
from sqlalchemy import ColumnElement, Date, Select, cast, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from ..hearings.tables import HearingRow
from ..lawyers.rules import Representation
from ..lawyers.tables import LawyerRow
from .tables import ProceedingHistoryRow, ProceedingLinkRow, ProceedingRow

TODAY = cast(func.timezone("UTC", func.now()), Date)


def has_not_ended() -> ColumnElement[bool]:
    """Whether a lawyer is of record today, or will be."""
    return or_(LawyerRow.until_on.is_(None), LawyerRow.until_on >= TODAY)


def is_current() -> ColumnElement[bool]:
    """Whether a lawyer is of record today."""
    return (LawyerRow.from_on <= TODAY) & has_not_ended()


def of_record(caller: Caller) -> Select[UUID]:
    """Ids of the proceedings in which the caller is the lawyer of record today, or manages those who are."""
    query = select(LawyerRow.proceeding_id).where(LawyerRow.organization_id == caller.organization(), is_current())
    return query if Role.MANAGER in caller.roles else query.where(LawyerRow.subject == caller.subject)


def visible_to(caller: Caller) -> Select[ProceedingRow]:
    """Those of the organization's own cases, and those in which the caller is of record."""
    is_own = ProceedingRow.organization_id == caller.organization()
    return select(ProceedingRow).where(is_own | ProceedingRow.id.in_(of_record(caller)))


async def get(session: AsyncSession, caller: Caller, proceeding_id: UUID) -> ProceedingRow | None:
    """The proceeding, if the caller may see it."""
    return await session.scalar(visible_to(caller).where(ProceedingRow.id == proceeding_id))


async def lock(session: AsyncSession, caller: Caller, proceeding_id: UUID) -> ProceedingRow | None:
    """The same, held against other changes until the transaction ends."""
    return await session.scalar(
        visible_to(caller).where(ProceedingRow.id == proceeding_id).with_for_update(key_share=True)
    )


async def list_newest(
    session: AsyncSession, caller: Caller, *, where: Sequence[ColumnElement[bool]], before: UUID | None, limit: int
) -> Sequence[ProceedingRow]:
    """Newest first. Own ones and those of record each read their own index before they are merged."""
    older = [ProceedingRow.id < before] if before is not None else []
    own = select(ProceedingRow.id).where(ProceedingRow.organization_id == caller.organization(), *where, *older)
    theirs = select(ProceedingRow.id).where(ProceedingRow.id.in_(of_record(caller)), *where, *older)
    newest = ProceedingRow.id.desc()
    ids = own.order_by(newest).limit(limit).union(theirs.order_by(newest).limit(limit)).subquery()
    query = visible_to(caller).where(ProceedingRow.id.in_(select(ids.c.id))).order_by(newest).limit(limit)
    return (await session.scalars(query)).all()


def in_case(case_id: UUID) -> ColumnElement[bool]:
    """Of one case."""
    return ProceedingRow.case_id == case_id


def having(**values: str) -> list[ColumnElement[bool]]:
    """With these values in these columns."""
    return [getattr(ProceedingRow, name) == value for name, value in values.items()]


async def add(session: AsyncSession, row: ProceedingRow) -> None:
    """Writes a new proceeding."""
    session.add(row)
    # The answer and the history show the times that the database gave it.
    await session.flush()


async def change(session: AsyncSession, row: ProceedingRow, values: dict[str, Any]) -> ProceedingRow:
    """The next version of a locked row."""
    statement = (
        update(ProceedingRow)
        .where(ProceedingRow.id == row.id)
        .values(**values, version=ProceedingRow.version + 1, updated_at=func.now())
        .returning(ProceedingRow)
    )
    return (await session.scalars(statement, execution_options={"populate_existing": True})).one()


async def note(session: AsyncSession, row: ProceedingRow, action: str, state: dict[str, Any], caller: Caller) -> None:
    """Writes the history entry of the row's present version."""
    values = {"version": row.version, "action": action, "state": state}
    by = {"organization_id": caller.organization(), "subject": caller.subject}
    await session.execute(insert(ProceedingHistoryRow).values(proceeding_id=row.id, **values, **by))


async def list_history_unscoped(
    session: AsyncSession, proceeding_id: UUID, *, after: int, limit: int
) -> Sequence[ProceedingHistoryRow]:
    """Oldest first. The caller must have been found to see the proceeding."""
    entry = ProceedingHistoryRow
    query = select(entry).where(entry.proceeding_id == proceeding_id, entry.version > after)
    return (await session.scalars(query.order_by(entry.version).limit(limit))).all()


async def exists_scheduled(session: AsyncSession, proceeding_id: UUID) -> bool:
    """Whether a hearing of a locked proceeding is still to take place."""
    query = select(HearingRow.id).where(HearingRow.proceeding_id == proceeding_id, HearingRow.status == "scheduled")
    return (await session.scalar(query.limit(1))) is not None


async def lock_linked_unscoped(session: AsyncSession, proceeding_ids: Iterable[UUID]) -> list[UUID]:
    """Holds proceedings and those linked with them, so that two sides cannot take the same lawyer at once.

    Always in the same order, so that two who do this do not wait for each other. Their ids.
    """
    wanted = list(proceeding_ids)
    linked = select(ProceedingLinkRow.linked_id).where(ProceedingLinkRow.proceeding_id.in_(wanted))
    query = select(ProceedingRow.id).where(ProceedingRow.id.in_(wanted) | ProceedingRow.id.in_(linked))
    return list((await session.scalars(query.order_by(ProceedingRow.id).with_for_update(key_share=True))).all())


async def representations_unscoped(session: AsyncSession, proceeding_id: UUID) -> list[Representation]:
    """Who is of record today or later."""
    query = select(LawyerRow.organization_id, LawyerRow.subject).where(
        LawyerRow.proceeding_id == proceeding_id, has_not_ended()
    )
    return [Representation(*row) for row in (await session.execute(query)).all()]


async def opposing_unscoped(session: AsyncSession, proceeding_id: UUID) -> list[Representation]:
    """Who stands on the other side: lawyers of opposing proceedings, and those who represent opposing parties.

    Of a linked proceeding where the persons stand together the opposing parties count too; where they stand against
    each other, those who are on that person's side.
    """
    links = select(ProceedingLinkRow.linked_id, ProceedingLinkRow.side).where(
        ProceedingLinkRow.proceeding_id == proceeding_id
    )
    found: list[Representation] = []
    parties_of: list[tuple[UUID, str]] = [(proceeding_id, "same")]
    for linked_id, side in (await session.execute(links)).all():
        parties_of.append((linked_id, side))
        if side == "opposing":
            found += await representations_unscoped(session, linked_id)
    sides = dict(parties_of)
    rows = select(ProceedingRow.id, ProceedingRow.parties).where(ProceedingRow.id.in_(sides))
    for row_id, parties in (await session.execute(rows)).all():
        against = [party for party in parties if party["side"] != sides[row_id] and party["represented_by"]]
        found += [Representation(UUID(party["represented_by"])) for party in against]
    return found


async def put_link(session: AsyncSession, one: UUID, other: UUID, side: str) -> None:
    """Links two, in both directions."""
    rows = [{"proceeding_id": a, "linked_id": b, "side": side} for a, b in ((one, other), (other, one))]
    statement = upsert(ProceedingLinkRow).values(rows)
    key = ["proceeding_id", "linked_id"]
    await session.execute(statement.on_conflict_do_update(index_elements=key, set_={"side": statement.excluded.side}))


async def list_links(session: AsyncSession, caller: Caller, proceeding_id: UUID) -> Sequence[ProceedingLinkRow]:
    """The links of one to others that the caller may see too."""
    seen = visible_to(caller).with_only_columns(ProceedingRow.id)
    link = ProceedingLinkRow
    query = select(link).where(
        link.proceeding_id == proceeding_id, link.proceeding_id.in_(seen), link.linked_id.in_(seen)
    )
    return (await session.scalars(query.order_by(ProceedingLinkRow.linked_id))).all()
