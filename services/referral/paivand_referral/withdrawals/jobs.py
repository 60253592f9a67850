"""The timed job of the withdrawals."""

from paivand_kit.database import Database
from paivand_kit.telemetry import meter

from . import service

BATCH = 200
consents_expired = meter.create_counter("paivand.referral.consents_expired", description="Consents that ran out.")


async def expire_consents(database: Database) -> None:
    """Ends consents whose time has passed, once each. Safe in several replicas."""
    while True:
        async with database.transaction() as session:
            found = await service.expire(session, limit=BATCH)
        consents_expired.add(found)
        if found < BATCH:
            return
