"""A person's agenda: hearings of record and own tasks, in one order."""

from typing import Any

from tests.factories.running import Person
from tests.referral.conftest import LegalStory

AGENDA = "/referral/v1/me/agenda"
JUNE = {"from": "2027-06-01T00:00:00Z", "to": "2027-07-01T00:00:00Z"}


async def all_of(person: Person, limit: int) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    cursor: dict[str, Any] = {}
    while True:
        answer = await person.get(AGENDA, **JUNE, limit=limit, **cursor)
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        if answer.json()["next_cursor"] is None:
            return items
        cursor = {"cursor": answer.json()["next_cursor"]}


async def test_hearings_and_tasks_in_one_order(legal: LegalStory) -> None:
    expected = []
    for day in ("03", "01", "02"):
        hearing = await legal.hearing(starts_at=f"2027-06-{day}T09:00")
        task = await legal.owner.post(
            "/referral/v1/tasks",
            {
                "proceeding_id": legal.proceeding["id"],
                "kind": "prepare-person",
                "due_on": f"2027-06-{day}",
                "assignee": legal.lawyer.subject,
            },
        )
        assert task.status_code == 201, task.text
        # 09:00 in Dushanbe is 04:00 UTC: the task's day begins before.
        expected += [(f"2027-06-{day}T00:00:00Z", task.json()["id"]), (f"2027-06-{day}T04:00:00Z", hearing["id"])]
    vacated = await legal.hearing(starts_at="2027-06-04T09:00")
    await legal.act(legal.owner, vacated, "vacate", {"reason": "settled"})
    for limit in (1, 2, 50):
        assert [(entry["at"], entry["id"]) for entry in await all_of(legal.lawyer, limit)] == sorted(expected)


async def test_it_is_only_ones_own(legal: LegalStory) -> None:
    await legal.hearing(starts_at="2027-06-03T09:00")
    for person in (legal.owner, legal.manager, legal.network.colleague(legal.lawyer)):
        assert await all_of(person, 50) == []


async def test_a_period_that_ends_before_it_begins_is_refused(legal: LegalStory) -> None:
    for period in ({"from": JUNE["to"], "to": JUNE["from"]}, {"from": JUNE["from"], "to": "2037-06-01T00:00:00Z"}):
        refused = await legal.lawyer.get(AGENDA, **period)
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["parameter"] == "to"
