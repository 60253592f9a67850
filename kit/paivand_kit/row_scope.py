"""Row-level security, the second gate behind `visible_to`: each transaction says for whom it reads and writes.

Two settings of the database session say it, and the policies of the migrations read them: `paivand.organization`, whose
rows those are, and `paivand.scope`: empty for a member, `coordinator`, or `service` for jobs, consumers and the few use
cases that must see more than their caller (`as_service`). Where neither is set no row is visible.

It stops a query that forgot its WHERE. It does not stop somebody who can run SQL as the service's role: they can set
what they like. The settings travel with BEGIN, so they cost no round trip.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg  # pyright: ignore[reportMissingTypeStubs] - it has none
from fastapi import Request
from paivand_contracts.codes import Role
from sqlalchemy import Connection, event, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Session, SessionTransaction

if TYPE_CHECKING:
    from .caller import Caller

SCOPE = "scope"
SET_SCOPE = text("SELECT set_config('paivand.scope', :scope, true)")
SET_FOR_SESSION = text(
    "SELECT set_config('paivand.organization', :organization, false), set_config('paivand.scope', :scope, false)"
)


@dataclass(frozen=True, slots=True)
class RowScope:
    """For whom a transaction works."""

    organization_id: UUID | None = None
    scope: str = ""

    def settings(self) -> str:
        """What is sent with BEGIN. Safe to put into SQL: an UUID, and one of three words."""
        organization = self.organization_id or ""
        return f" SET LOCAL paivand.organization = '{organization}'; SET LOCAL paivand.scope = '{self.scope}';"


SERVICE = RowScope(scope="service")


def scope_of(caller: "Caller") -> RowScope:
    """What a caller's requests may see."""
    return RowScope(caller.organization_id, "coordinator" if Role.COORDINATOR in caller.roles else "")


class ScopedConnection(asyncpg.Connection):
    """A connection that begins each transaction in the scope that was set for it."""

    row_scope = RowScope()
    standing: RowScope | None = None
    """The scope that holds outside of transactions, on a connection in autocommit."""

    async def execute(self, query: str, *args: Any, timeout: float | None = None) -> str:  # noqa: ASYNC109 - asyncpg's signature
        """asyncpg sends its BEGIN through here, as one message that may hold several statements."""
        if query.startswith("BEGIN"):
            query += self.row_scope.settings()
            # Who takes the connection next, and says nothing, sees nothing.
            self.row_scope = RowScope()
        return await super().execute(query, *args, timeout=timeout)  # pyright: ignore[reportUnknownMemberType]


class ScopedSession(Session):
    """A session whose `info` says the scope, or the request that it is of."""


@event.listens_for(ScopedSession, "after_begin")
def _tell_connection(  # pyright: ignore[reportUnusedFunction]
    session: Session, _: SessionTransaction, connection: Connection
) -> None:
    """Runs before the first statement, when a request's caller is known."""
    raw: Any = connection.connection.driver_connection
    raw.row_scope = _scope_in(session.info[SCOPE])


def _scope_in(said: RowScope | Request) -> RowScope:
    """Of a request without a signed-in caller: nobody's."""
    if isinstance(said, RowScope):
        return said
    caller: Caller | None = getattr(said.state, "caller", None)
    return scope_of(caller) if caller else RowScope()


async def stand_for(connection: AsyncConnection, scope: RowScope) -> None:
    """Sets the scope of a connection in autocommit, unless it is that already."""
    raw: Any = (await connection.get_raw_connection()).driver_connection
    if raw.standing != scope:
        raw.standing = None
        organization = str(scope.organization_id or "")
        await connection.execute(SET_FOR_SESSION, {"organization": organization, "scope": scope.scope})
        raw.standing = scope


@asynccontextmanager
async def as_service(session: AsyncSession) -> AsyncGenerator[None]:
    """Sees all rows within the block: only once the caller's right was decided, and for no more than that needs."""
    before = _scope_in(session.info[SCOPE])
    if before == SERVICE:
        yield
        return
    await session.execute(SET_SCOPE, {"scope": SERVICE.scope})
    yield
    await session.execute(SET_SCOPE, {"scope": before.scope})
