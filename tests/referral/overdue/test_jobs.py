"""Requests that nobody answered: said once, whoever looks."""

import asyncio
from uuid import UUID

from paivand_kit.database import Database
from paivand_kit.outbox import OutboxRow
from paivand_referral.overdue.jobs import escalate_overdue
from paivand_referral.referrals.tables import ReferralRow
from sqlalchemy import func, select, text, update

from tests.referral.conftest import Story


async def let_time_pass(database: Database, *referral_ids: str) -> None:
    """Moves `respond_by` into the past, as the clock would."""
    async with database.transaction() as session:
        await session.execute(
            update(ReferralRow)
            .where(ReferralRow.id.in_([UUID(one) for one in referral_ids]))
            .values(respond_by=func.now() - text("interval '1 minute'"))
        )


async def overdue_events(database: Database, referral_id: str) -> int:
    async with database.transaction() as session:
        query = select(func.count()).where(
            OutboxRow.event["subject"].astext == referral_id,
            OutboxRow.event_type == "paivand.referral.referral.overdue.v1",
        )
        return (await session.execute(query)).scalar_one()


async def test_several_replicas_say_it_once(story: Story, database: Database) -> None:
    late = [await story.referral(priority="stat") for _ in range(5)]
    in_time, answered = await story.referral(), await story.referral_in("accepted")
    await let_time_pass(database, answered["id"], *(referral["id"] for referral in late))
    await asyncio.gather(*(escalate_overdue(database) for _ in range(4)))
    await escalate_overdue(database)
    assert [await overdue_events(database, referral["id"]) for referral in late] == [1] * 5
    assert await overdue_events(database, in_time["id"]) == 0
    assert await overdue_events(database, answered["id"]) == 0


async def test_a_late_accept_still_counts_and_the_history_shows_both(story: Story, database: Database) -> None:
    referral = await story.referral(priority="stat")
    await let_time_pass(database, referral["id"])
    await escalate_overdue(database)
    seen = (await story.lawyer.get(f"/referral/v1/referrals/{referral['id']}")).json()
    assert seen["overdue_at"] is not None
    assert (await story.act(story.lawyer, referral, "accept")).status_code == 412
    assert (await story.act(story.lawyer, seen, "accept")).status_code == 200
    history = (await story.lawyer.get(f"/referral/v1/referrals/{referral['id']}/history")).json()["items"]
    assert [entry["action"] for entry in history] == ["request", "overdue", "accept"]


async def test_coordinators_learn_whom_to_call_and_nothing_of_the_case(story: Story, database: Database) -> None:
    referral = await story.referral(priority="stat", summary="Only for the lawyer.")
    await let_time_pass(database, referral["id"])
    await escalate_overdue(database)
    coordinator = story.network.coordinator()
    page = await coordinator.get("/referral/v1/overdue", limit=200)
    (item,) = [item for item in page.json()["items"] if item["id"] == referral["id"]]
    assert item["owner_organization_name"] == "Adolat legal aid"
    assert "case" not in page.text
    assert "Only for" not in page.text
    assert (await story.lawyer.get("/referral/v1/overdue")).status_code == 403
    assert (await coordinator.get(f"/referral/v1/referrals/{referral['id']}")).status_code == 403
