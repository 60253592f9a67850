"""The timed job that finds overdue referrals."""

from paivand_contracts.codes import ReferralStatus
from paivand_contracts.referral import ReferralOverdue
from paivand_kit.database import Database
from paivand_kit.outbox import emit
from paivand_kit.telemetry import meter

from ..referrals.service import facts_of
from . import repository

BATCH = 200
overdue_found = meter.create_counter("paivand.referral.overdue", description="Referrals found overdue.")


async def escalate_overdue(database: Database) -> None:
    """Says once of each referral that nobody answered in time. Safe in several replicas."""
    while True:
        async with database.transaction() as session:
            rows = await repository.claim_overdue_unscoped(session, limit=BATCH)
            events = [
                ReferralOverdue(
                    subject=str(row["id"]),
                    data=facts_of(row, status=ReferralStatus(row["status"]), version=row["version"]),
                )
                for row in rows
            ]
            if events:
                await emit(session, *events)
        overdue_found.add(len(rows))
        if len(rows) < BATCH:
            return
