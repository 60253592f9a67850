"""Runs a service's Alembic migrations: `python -m paivand_kit.migrations services/referral/migrations`.

Connects as the owner role (PAIVAND_MIGRATION_URL); the service itself runs under a role that owns nothing.
With `--check` it changes nothing and fails when models and migrations differ.
"""

import asyncio
import logging
import os
import sys
from pathlib import Path

from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, MetaData
from sqlalchemy.dialects.postgresql.base import ischema_names  # pyright: ignore[reportUnknownVariableType]
from sqlalchemy.ext.asyncio import create_async_engine

# Every service has the kit's tables in its database, whether it uses all of them or not.
from . import consumer, dpop, idempotency, outbox  # noqa: F401 # pyright: ignore[reportUnusedImport]


def config(folder: str | Path) -> Config:
    """Alembic configuration of a service's migrations folder; no alembic.ini is needed."""
    settings = Config()
    settings.set_main_option("script_location", str(folder).replace("%", "%%"))
    return settings


def run(metadata: MetaData) -> None:
    """Called by a service's `migrations/env.py`: runs what the command asks for in one transaction."""

    ischema_names["xid8"] = outbox.Xid8

    def migrate(connection: Connection) -> None:
        context.configure(connection=connection, target_metadata=metadata, compare_type=True)
        with context.begin_transaction():
            context.run_migrations()

    async def connect() -> None:
        engine = create_async_engine(os.environ["PAIVAND_MIGRATION_URL"])
        async with engine.begin() as connection:
            await connection.run_sync(migrate)
        await engine.dispose()

    asyncio.run(connect())


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    if sys.argv[2:] == ["--check"]:
        # In a process of its own: one that has imported several services knows the tables of all of them.
        command.check(config(sys.argv[1]))
    else:
        command.upgrade(config(sys.argv[1]), "head")
