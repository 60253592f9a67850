"""A million future reminders and 200 due each second: how late they are said (`python -m tests.bench.reminders`)."""

import asyncio
import time

from paivand_kit.database import Database
from paivand_local.testing import PostgresServer, temporary_site
from paivand_referral.reminders.jobs import say_due
from sqlalchemy import text

FUTURE, EACH_SECOND, SECONDS = 1_000_000, 200, 20
POLL_SECONDS = 0.5

HEARING = """
    INSERT INTO cases (id, number, organization_id, age_band, gender, languages, needs, created_by)
        VALUES (uuidv7(), 'C-BENCH', uuidv7(), 'unknown', 'unknown', '{}', '{legal-representation}', 'bench');
    INSERT INTO proceedings (id, number, case_id, case_number, organization_id, kind, stage, person_role, parties,
            status)
        SELECT uuidv7(), 'P-BENCH', id, number, organization_id, 'criminal', 'trial', 'victim', '[]', 'open' FROM cases;
    INSERT INTO hearings (id, proceeding_id, organization_id, hearing_type, status, starts_local, time_zone, fold,
            starts_at, ends_at, zones_edition, duration_minutes, attendance, interpreter, transport, childcare,
            support_person, measures)
        SELECT uuidv7(), id, organization_id, 'trial', 'scheduled', now() + interval '60 days', 'UTC', 0,
            now() + interval '60 days', now() + interval '61 days', 'x', 60, '{}', 'not-needed', 'not-needed',
            'not-needed', 'not-needed', '{}' FROM proceedings
"""
REMINDERS = """
    INSERT INTO reminders (hearing_id, organization_id, kind, minutes_before, starts_at, due_at)
    SELECT h.id, gen_random_uuid(), 'approaching', 120, h.starts_at,
        now() + number * CAST(CAST(:step AS text) AS interval) + :later
    FROM hearings h, generate_series(1, :count) AS number
"""
LATENESS = """
    SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY fired_at - due_at),
        percentile_cont(0.99) WITHIN GROUP (ORDER BY fired_at - due_at), max(fired_at - due_at)
    FROM reminders WHERE fired_at IS NOT NULL
"""


async def main() -> None:
    """Prints count and lateness of what was said."""
    with temporary_site() as site, PostgresServer.running(site) as server:
        owner, database = Database(server.owner_url("referral")), Database(server.url("referral"))
        async with owner.transaction() as session:
            for statement in HEARING.split(";"):
                await session.execute(text(statement))
            later = text(REMINDERS.replace(":later", "interval '1 day'"))
            await session.execute(later, {"count": FUTURE, "step": "2 seconds"})
        async with owner.transaction() as session:
            soon = text(REMINDERS.replace(":later", "interval '1 second'"))
            await session.execute(soon, {"count": EACH_SECOND * SECONDS, "step": f"{1 / EACH_SECOND} seconds"})
        until = time.monotonic() + SECONDS + 5
        while time.monotonic() < until:
            await say_due(database)
            await asyncio.sleep(POLL_SECONDS)
        async with owner.transaction() as session:
            count, middle, late, worst = (await session.execute(text(LATENESS))).one()
        print(f"{count} of {EACH_SECOND * SECONDS} said; late by: p50 {middle}, p99 {late}, at most {worst}")  # noqa: T201
        await owner.close()
        await database.close()


if __name__ == "__main__":
    asyncio.run(main())
