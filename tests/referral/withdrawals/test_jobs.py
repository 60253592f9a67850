"""Consents that run out: it counts from that moment, and is said once, whoever looks."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from paivand_kit.database import Database
from paivand_referral.withdrawals.jobs import expire_consents
from paivand_referral.withdrawals.service import SYSTEM

from tests.factories.waiting import until
from tests.referral.conftest import Story
from tests.referral.consents.test_endpoints import REFERRALS, consents, recorded, standing_on
from tests.referral.withdrawals.test_endpoints import told_of


async def test_several_replicas_end_it_once(story: Story, database: Database) -> None:
    soon = (datetime.now(UTC) + timedelta(seconds=3)).isoformat()
    short, lasting = await recorded(story, valid_until=soon), await recorded(story)
    referrals: list[dict[str, Any]] = []
    for consent in (short, short, lasting):
        sent = await story.shelter.post(REFERRALS, standing_on(story, consent))
        assert sent.status_code == 201, sent.text
        referrals.append(sent.json())

    async def has_run_out() -> bool:
        seen = (await story.lawyer.get(f"{REFERRALS}/{referrals[0]['id']}")).json()
        return seen["consent_ended"] == "expired" and seen["case"] is None

    await until(has_run_out)
    await asyncio.gather(*(expire_consents(database) for _ in range(4)))
    await expire_consents(database)
    ended = [("requested", "requested"), ("consent-ended", "cancelled")]
    assert [await told_of(database, each["id"]) for each in referrals] == [ended, ended, ended[:1]]

    items = (await story.shelter.get(consents(story))).json()["items"]
    states = {item["id"]: (item["status"], item["ended_as"]) for item in items}
    assert states == {short["id"]: ("inactive", "expired"), lasting["id"]: ("active", None)}
    history = (await story.shelter.get(f"{REFERRALS}/{referrals[0]['id']}/history")).json()["items"]
    assert [entry["action"] for entry in history] == ["request", "consent-expired"]
    assert SYSTEM not in str(history)
