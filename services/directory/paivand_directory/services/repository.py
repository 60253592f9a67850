"""The only place with SQL on services. Reads start from `visible_to`."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from paivand_contracts.codes import Role, ServiceStatus
from paivand_contracts.envelope import new_id
from paivand_kit.caller import Caller
from sqlalchemy import ColumnElement, Select, cast, func, insert, select, tuple_, union, update
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession

from ..organizations import service as organizations
from ..search.rules import TextQuery
from .tables import ServiceRow

RANKED = 500


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; None means any. One of the taxonomy terms `codes` must be there."""

    words: TextQuery | None = None
    codes: list[str] | None = None
    organization_id: UUID | None = None
    status: ServiceStatus | None = None


def visible_to(caller: Caller) -> Select[ServiceRow]:
    """Services of the organizations that the caller can see."""
    query = select(ServiceRow)
    if Role.COORDINATOR in caller.roles:
        return query
    return query.where(ServiceRow.organization_id.in_(organizations.visible_ids(caller)))


async def list_services(
    session: AsyncSession, caller: Caller, search: Search, *, after: tuple[str, UUID] | None, limit: int
) -> list[ServiceRow]:
    """By name."""
    query = visible_to(caller).limit(limit)
    if search.words is None:
        query = query.order_by(ServiceRow.name, ServiceRow.id)
    else:
        query = query.where(_has(search.words.near))
        # The planner takes any beginning of a word for 2 % of the rows and would read all by name until it has met
        # enough of them: 50 ms for a rare word among 100 000 rows. Hiding the name's index makes it ask the text
        # index: 0.1 ms, and 36 ms for a word that is in all rows.
        query = query.order_by(ServiceRow.name + "", ServiceRow.id)
    query = _narrowed(query, search)
    if after is not None:
        query = query.where(tuple_(ServiceRow.name, ServiceRow.id) > tuple_(*after))
    return list(await session.scalars(query))


def _has(query: str) -> ColumnElement[bool]:
    # The configuration and the query are literals to the planner, which then knows how rare the words are.
    return ServiceRow.search.bool_op("@@")(cast(query, TSQUERY))


def _narrowed(query: Select[Any], search: Search) -> Select[Any]:
    if search.codes is not None:
        query = query.where(ServiceRow.taxonomy_terms.overlap(search.codes))
    if search.organization_id is not None:
        query = query.where(ServiceRow.organization_id == search.organization_id)
    if search.status is not None:
        query = query.where(ServiceRow.status == search.status)
    return query


async def search_services(
    session: AsyncSession, caller: Caller, search: Search, words: TextQuery, *, limit: int
) -> list[tuple[ServiceRow, bool]]:
    """Those that fit best, and whether they have the words as typed.

    A word that is everywhere finds tens of thousands. To rank them all would take longer than anybody waits and help
    nobody, so that the best are found among the first `RANKED` of each kind.
    """
    scoped = _narrowed(visible_to(caller), search).with_only_columns(ServiceRow.id)
    exact = scoped.where(_has(words.exact)).limit(RANKED).cte("exact")
    # Not looked for at all when there are enough exact ones.
    is_short = select(func.count()).select_from(exact).scalar_subquery() < limit
    near = scoped.where(is_short, _has(words.near)).limit(RANKED).cte("near")
    hits = union(select(exact.c.id), select(near.c.id)).subquery("hits")
    is_exact = ServiceRow.id.in_(select(exact.c.id))
    rank = func.ts_rank(ServiceRow.search, cast(words.near, TSQUERY))
    query = (
        select(ServiceRow, is_exact)
        .join(hits, hits.c.id == ServiceRow.id)
        .order_by(is_exact.desc(), rank.desc(), ServiceRow.name, ServiceRow.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in await session.execute(query)]


async def get_service(session: AsyncSession, caller: Caller, service_id: UUID) -> ServiceRow | None:
    """One that the caller can see."""
    return await session.scalar(visible_to(caller).where(ServiceRow.id == service_id))


async def lock_service(session: AsyncSession, caller: Caller, service_id: UUID) -> ServiceRow | None:
    """One that the caller can see, kept from changes by others until the transaction ends."""
    query = visible_to(caller).where(ServiceRow.id == service_id)
    return await session.scalar(query.with_for_update(of=ServiceRow))


async def lock_unscoped(session: AsyncSession, service_id: UUID) -> ServiceRow:
    """One that is known to be there, as it is now, kept from changes by others until the transaction ends."""
    query = select(ServiceRow).where(ServiceRow.id == service_id).with_for_update(of=ServiceRow)
    return (await session.scalars(query, execution_options={"populate_existing": True})).one()


async def add(session: AsyncSession, organization_id: UUID, values: dict[str, Any]) -> ServiceRow:
    """The new row."""
    statement = insert(ServiceRow).values(id=new_id(), organization_id=organization_id, **values)
    return (await session.scalars(statement.returning(ServiceRow))).one()


async def change(session: AsyncSession, row: ServiceRow, values: dict[str, Any]) -> ServiceRow:
    """The next version of a locked row."""
    statement = (
        update(ServiceRow)
        .where(ServiceRow.id == row.id)
        .values(**values, version=ServiceRow.version + 1, last_modified=func.now())
        .returning(ServiceRow)
    )
    return (await session.scalars(statement, execution_options={"populate_existing": True})).one()
