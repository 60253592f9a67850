"""The timed job of the hearings."""

from paivand_kit.database import Database

from . import service

BATCH = 200


async def follow_time_zones(database: Database) -> None:
    """After a new edition of the zones: hearings to come keep their local time. Safe in several replicas."""
    while True:
        async with database.transaction() as session:
            seen = await service.recompute(session, limit=BATCH)
        if seen < BATCH:
            return
