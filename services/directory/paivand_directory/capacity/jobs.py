"""The timed job of capacity."""

from paivand_contracts.capacity import CapacityStale, StaleFacts
from paivand_kit.database import Database
from paivand_kit.outbox import emit

from . import repository

BATCH = 200


async def ask_to_confirm(database: Database) -> int:
    """Asks once for figures that are older than promised. Safe in several replicas. Returns how many."""
    found = 0
    while True:
        async with database.transaction() as session:
            rows = await repository.claim_stale(session, limit=BATCH)
            events = [CapacityStale(subject=str(row["capacity_id"]), data=StaleFacts(**row)) for row in rows]
            if events:
                await emit(session, *events)
        found += len(rows)
        if len(rows) < BATCH:
            return found
