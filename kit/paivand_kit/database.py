"""Sessions and transactions. A transaction opens in two places only: for a request, and for a message or job."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Annotated, Any, ClassVar

from fastapi import Depends, Request
from sqlalchemy import DateTime, MetaData
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from .row_scope import SCOPE, SERVICE, RowScope, ScopedConnection, ScopedSession, scope_of, stand_for

WAKES = "wrote_outbox"
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """All mapped tables of a service, the kit's own (outbox, inbox, idempotency) among them."""

    metadata = MetaData(naming_convention=NAMING)
    # Without it a time is taken for one without zone, and asyncpg refuses aware ones.
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: DateTime(timezone=True)}


class Database:
    """The connections of a service. `after_commit` is called after each commit that wrote to the outbox."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        # An error's text must not carry the values: it may end up in a log.
        make = partial(
            create_async_engine,
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=10,
            hide_parameters=True,
            connect_args={"connection_class": ScopedConnection},
        )
        self.engine: AsyncEngine = make()
        # Connections of its own: to switch one to and from autocommit at each use costs more than to keep it.
        self._autocommit: AsyncEngine = make(isolation_level="AUTOCOMMIT")
        self.engines = (self.engine, self._autocommit)
        self._sessions = async_sessionmaker(
            self.engine, expire_on_commit=False, autoflush=False, sync_session_class=ScopedSession
        )
        self.after_commit: list[Callable[[], None]] = []

    @asynccontextmanager
    async def transaction(self, scope: RowScope | Request = SERVICE) -> AsyncGenerator[AsyncSession]:
        """A session whose work is committed when the block ends and rolled back when it raises.

        Jobs and consumers work as the service; a request sees what its caller may see (`row_scope`).
        """
        async with self._sessions(info={SCOPE: scope}) as session:
            async with session.begin():
                yield session
            if session.info.get(WAKES):
                for wake in self.after_commit:
                    wake()

    @asynccontextmanager
    async def autocommit(self) -> AsyncGenerator[AsyncConnection]:
        """A connection on which each SQL statement is a transaction by itself: two round trips less."""
        async with self._autocommit.connect() as connection:
            yield connection

    @asynccontextmanager
    async def statement(self, scope: RowScope = SERVICE) -> AsyncGenerator[AsyncConnection]:
        """The same, for one statement that writes to the outbox too."""
        async with self.autocommit() as connection:
            await stand_for(connection, scope)
            yield connection
        for wake in self.after_commit:
            wake()

    async def close(self) -> None:
        """Closes all connections."""
        for engine in self.engines:
            await engine.dispose()


def wake_after_commit(session: AsyncSession) -> None:
    """Says that the session writes to the outbox, so that its commit is followed by `Database.after_commit`."""
    session.info[WAKES] = True


async def request_session(request: Request) -> AsyncIterator[AsyncSession]:
    """The one transaction of a request, committed before the answer goes out."""
    database: Database = request.app.state.database
    async with database.transaction(request) as session:
        request.state.session = session
        yield session


# scope="function" makes FastAPI commit before it sends the response; with the default scope a failed
# commit would still have answered 2xx.
Session = Annotated[AsyncSession, Depends(request_session, scope="function")]


async def request_statement(request: Request) -> AsyncIterator[AsyncConnection]:
    """For a use case that is exactly one SQL statement, its Idempotency-Key included. The caller comes before it."""
    database: Database = request.app.state.database
    async with database.statement(scope_of(request.state.caller)) as connection:
        yield connection


Statement = Annotated[AsyncConnection, Depends(request_statement, scope="function")]
