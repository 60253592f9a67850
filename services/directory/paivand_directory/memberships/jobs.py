"""The timed jobs of memberships. Safe in several replicas."""

from paivand_contracts.envelope import now
from paivand_contracts.membership import ExpiringFacts, MembershipExpiring
from paivand_kit.database import Database
from paivand_kit.outbox import emit

from . import repository, rules, service

BATCH = 50


async def warn_of_ending(database: Database) -> int:
    """Says once of each active membership that its agreements end within 30 days. Returns how many."""
    found = 0
    while True:
        async with database.transaction() as session:
            until = now().date() + rules.WARNING
            rows = await repository.claim_ending_unscoped(session, until=until, limit=BATCH)
            events = [
                MembershipExpiring(
                    subject=str(row.id), data=ExpiringFacts(organization_id=row.id, expires_on=row.expires_on)
                )
                for row in rows
                if row.expires_on
            ]
            if events:
                await emit(session, *events)
                await repository.mark_warned(session, rows)
        found += len(rows)
        if len(rows) < BATCH:
            return found


async def suspend_ended(database: Database) -> int:
    """Suspends active memberships whose agreements have ended. Returns how many."""
    found = 0
    while True:
        async with database.transaction() as session:
            rows = await repository.claim_ended_unscoped(session, today=now().date(), limit=BATCH)
            for row in rows:
                await service.suspend_ended(session, row)
        found += len(rows)
        if len(rows) < BATCH:
            return found
