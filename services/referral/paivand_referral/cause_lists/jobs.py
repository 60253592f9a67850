"""The timed job of the cause lists."""

from paivand_kit.database import Database

from . import service

BATCH = 500


async def handle_cause_lists(database: Database) -> None:
    """Does what the lines say that courts sent. A batch is a transaction: safe after a crash, in several replicas."""
    while True:
        async with database.transaction() as session:
            handled = await service.handle_lines(session, limit=BATCH)
        if handled < BATCH:
            return
