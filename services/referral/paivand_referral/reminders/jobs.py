"""The timed jobs of the reminders. All of them are safe in several replicas."""

from datetime import timedelta

from paivand_contracts.envelope import now
from paivand_kit.database import Database
from paivand_kit.jobs import Job
from paivand_kit.leadership import run_every
from paivand_kit.telemetry import meter

from ..settings import Settings
from . import repository, service

BATCH = 500
KEPT = timedelta(days=90)
reminders_said = meter.create_counter("paivand.referral.reminders", description="Reminders that were due.")


def reminding(database: Database, settings: Settings) -> list[Job]:
    """What runs beside the requests."""

    async def remind() -> None:
        await plan_changed(database, settings)
        await say_due(database)

    return [
        run_every(settings.reminder_poll_seconds, "remind of hearings", remind),
        run_every(3600, "forget past reminders", lambda: forget_past(database)),
    ]


async def plan_changed(database: Database, settings: Settings) -> None:
    """Plans anew what changed since the last round."""
    while True:
        async with database.transaction() as session:
            seen = await service.plan_anew(
                session, before=settings.remind_before, within=settings.acknowledge_within, limit=BATCH
            )
        if seen < BATCH:
            return


async def say_due(database: Database) -> None:
    """Says all that is due."""
    while True:
        async with database.transaction() as session:
            taken = await service.say_due(session, limit=BATCH)
        reminders_said.add(taken)
        if taken < BATCH:
            return


async def forget_past(database: Database) -> None:
    """Forgets reminders of hearings that are long over."""
    async with database.transaction() as session:
        await repository.delete_before_unscoped(session, now() - KEPT)
