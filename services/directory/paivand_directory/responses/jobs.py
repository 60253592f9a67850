"""The timed job of responses."""

from datetime import timedelta

from paivand_kit.database import Database

from . import repository

LOOKS_BACK = timedelta(days=90)
FEWEST = 5
"""Fewer answers than these say nothing of an organization, and might say something of a person."""


async def reckon_records(database: Database) -> None:
    """Reckons anew how reliably each organization answers. Safe in several replicas."""
    async with database.transaction() as session:
        await repository.forget(session, LOOKS_BACK)
        await repository.reckon(session, fewest=FEWEST)
