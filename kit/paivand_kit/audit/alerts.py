"""Looks in the audit trail for accounts that read what is secret of unusually many cases, and says so."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import NAMESPACE_OID, UUID, uuid5

from paivand_contracts.audit import UnusualReading, UnusualReadingFound
from paivand_contracts.envelope import now
from sqlalchemy import select, text

from ..database import Database
from ..outbox import emit
from .trail import AuditRow, record

FOUND = "find_unusual_reading"
# In several replicas one looks at a time, and the next sees what it found.
ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('paivand.audit.alerts'))")
MANY = text("""
    SELECT subject, (array_agg(organization_id ORDER BY position DESC))[1] AS organization_id,
        count(DISTINCT case_id) AS cases
    FROM audit_log WHERE access = 'R' AND at >= :since AND case_id IS NOT NULL
    GROUP BY subject HAVING count(DISTINCT case_id) >= :cases ORDER BY subject
""")


@dataclass(frozen=True)
class Usual:
    """What nobody is asked about: fewer cases than this within that time."""

    cases: int
    within: timedelta


async def tell_of_unusual_reading(database: Database, usual: Usual) -> None:
    """Emits one event for each account that has read too much, once within the time."""
    since = now() - usual.within
    async with database.transaction() as session:
        await session.execute(ONE_AT_A_TIME)
        told = select(AuditRow.object_id).where(AuditRow.action == FOUND, AuditRow.at >= since)
        for row in (await session.execute(MANY, {"since": since, "cases": usual.cases})).all():
            account_id = account_id_of(row.subject)
            if await session.scalar(told.where(AuditRow.object_id == account_id).limit(1)):
                continue
            reading = UnusualReading(
                account_id=account_id, organization_id=row.organization_id, cases=row.cases, since=since
            )
            await emit(session, UnusualReadingFound(subject=str(account_id), data=reading))
            await record(session, None, FOUND, "accounts", account_id)


def account_id_of(subject: str) -> UUID:
    """The account as an id: Keycloak's subjects are UUIDs, another provider's are made into one."""
    try:
        return UUID(subject)
    except ValueError:
        return uuid5(NAMESPACE_OID, subject)
