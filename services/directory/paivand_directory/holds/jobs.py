"""The timed job of holds."""

from paivand_kit.database import Database

from ..capacity import service as capacities
from . import repository


async def tell_of_expired(database: Database) -> int:
    """Marks holds whose time has passed and tells of them. They count no more in any case; nothing waits for this."""
    async with database.transaction() as session:
        due = await repository.list_due_unscoped(session)
    for capacity_id in due:
        async with database.transaction() as session:
            await capacities.lock_unscoped(session, capacity_id)
    return len(due)
