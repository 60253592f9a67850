"""The timed job of the deadlines."""

import logging

from paivand_contracts.codes import ReferralStatus
from paivand_contracts.referral import ReferralOverdue
from paivand_kit.database import Database
from paivand_kit.outbox import emit
from paivand_kit.telemetry import meter

from ..referrals.service import facts_of
from . import repository

log = logging.getLogger(__name__)
BATCH = 200
overdue_found = meter.create_counter("paivand.referral.overdue", description="Referrals found overdue.")


async def escalate_overdue(database: Database) -> int:
    """Says once of each referral that nobody answered in time. Safe in several replicas. Returns how many."""
    found = 0
    while True:
        async with database.transaction() as session:
            rows = await repository.claim_overdue(session, limit=BATCH)
            events = [
                ReferralOverdue(
                    subject=str(row["id"]),
                    data=facts_of(row, status=ReferralStatus(row["status"]), version=row["version"]),
                )
                for row in rows
            ]
            if events:
                await emit(session, *events)
        found += len(rows)
        overdue_found.add(len(rows))
        if len(rows) < BATCH:
            return found
