"""Deadlines over HTTP: counted and explained, moved by adjournments, overridden with a reason, met or missed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from paivand_kit.database import Database
from paivand_referral.reminders.jobs import plan_changed
from paivand_referral.settings import Settings

from tests.referral.conftest import LegalStory

DEADLINES = "/referral/v1/deadlines"


def body(legal: LegalStory, **changes: Any) -> dict[str, Any]:
    return {"proceeding_id": legal.proceeding["id"], "jurisdiction": "sample", **changes}


async def a_deadline(legal: LegalStory, **changes: Any) -> dict[str, Any]:
    said = {"rule": "objection-to-discontinuance", "triggered_on": "2030-04-01", **changes}
    answer = await legal.lawyer.post(DEADLINES, body(legal, **said))
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_it_is_counted_and_explained_and_both_sides_see_it(legal: LegalStory) -> None:
    deadline = await a_deadline(legal)
    assert (deadline["due_on"], deadline["rule_set_version"], deadline["status"]) == ("2030-04-15", 1, "open")
    assert deadline["steps"][0]["on"] == "2030-04-01"
    assert deadline["steps"][-1]["on"] == "2030-04-15"
    for person in (legal.owner, legal.lawyer):
        assert (await person.get(f"{DEADLINES}/{deadline['id']}")).json() == deadline
        listed = (await person.get(DEADLINES, proceeding_id=legal.proceeding["id"])).json()["items"]
        assert [each["id"] for each in listed] == [deadline["id"]]
    stranger = await legal.network.member("Other")
    assert (await stranger.get(f"{DEADLINES}/{deadline['id']}")).status_code == 404
    assert (await stranger.patch(f"{DEADLINES}/{deadline['id']}", {}, etag="*")).status_code == 404
    assert (await stranger.get(DEADLINES)).json()["items"] == []
    assert (await stranger.post(DEADLINES, body(legal, rule="appeal", triggered_on="2030-04-01"))).status_code == 422
    assert (await legal.network.coordinator().get(DEADLINES)).status_code == 403


async def test_tajikistan_counts_a_period_of_ones_own_over_its_holidays(legal: LegalStory) -> None:
    period = {"count": 3, "unit": "working-days"}
    deadline = await a_deadline(legal, jurisdiction="tj", rule=None, period=period, triggered_on="2026-03-18")
    assert deadline["due_on"] == "2026-03-26"
    assert deadline["is_provisional"]
    assert "Nowruz" in str(deadline["steps"])


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"jurisdiction": "nowhere"}, "/jurisdiction"),
        ({"rule": "nothing"}, "/rule"),
        ({"rule": "protection-request"}, "/hearing_id"),
        ({"triggered_on": "1999-01-01"}, "/triggered_on"),
        ({"triggered_on": "9999-12-31"}, "/triggered_on"),
        ({"rule": None}, ""),
        ({"triggered_on": None}, ""),
        ({"rule": None, "period": {"count": 0, "unit": "months"}}, "/period/count"),
        (
            {"rule": None, "period": {"count": 1, "unit": "months", "roll": "previous-working-day"}},
            "/period/roll",
        ),
    ],
)
async def test_what_cannot_be_counted_is_refused(legal: LegalStory, changes: dict[str, Any], pointer: str) -> None:
    said = {"rule": "appeal", "triggered_on": "2030-04-01", **changes}
    answer = await legal.lawyer.post(DEADLINES, body(legal, **said))
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] in (pointer, None)


async def test_it_moves_with_its_hearing_through_adjournments_unless_overridden(
    legal: LegalStory, database: Database, settings: Settings
) -> None:
    hearing = await legal.hearing()
    deadlines = [
        await a_deadline(legal, rule="protection-request", triggered_on=None, hearing_id=hearing["id"])
        for _ in range(2)
    ]
    kept = await legal.lawyer.patch(
        f"{DEADLINES}/{deadlines[1]['id']}", {"due_on": "2030-01-01", "override_reason": "court-order"}, etag='"1"'
    )
    assert (kept.json()["due_on"], kept.json()["computed_on"]) == ("2030-01-01", deadlines[1]["computed_on"])
    day = datetime.now(UTC).date() + timedelta(days=50)
    said = {"reason": "court-busy", "next": {"starts_at": f"{day}T14:00"}}
    adjourned = (await legal.act(legal.owner, hearing, "adjourn", said)).json()
    await plan_changed(database, settings)
    moved, overridden = [(await legal.lawyer.get(f"{DEADLINES}/{each['id']}")).json() for each in deadlines]
    assert moved["triggered_on"] == overridden["triggered_on"] == str(day)
    assert moved["hearing_id"] == adjourned["next_hearing_id"]
    assert moved["due_on"] == moved["computed_on"] != deadlines[0]["due_on"]
    assert overridden["due_on"] == "2030-01-01"


async def test_met_missed_and_over(legal: LegalStory) -> None:
    deadline = await a_deadline(legal)
    path = f"{DEADLINES}/{deadline['id']}"
    assert (await legal.lawyer.patch(path, {"met_on": "2030-04-02"})).status_code == 428
    assert (await legal.lawyer.patch(path, {"due_on": "2030-05-01"}, etag='"1"')).status_code == 422
    met = await legal.lawyer.patch(path, {"met_on": "2030-04-02"}, etag='"1"')
    assert (met.json()["status"], met.headers["etag"]) == ("met", '"2"')
    assert (await legal.lawyer.patch(path, {"is_cancelled": True}, etag='"2"')).status_code == 409
    assert (await a_deadline(legal, triggered_on="2025-04-01"))["status"] == "missed"
