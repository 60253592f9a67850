"""Tasks over HTTP."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from paivand_referral.proceedings.rules import Stage
from paivand_referral.tasks.rules import TEMPLATES

from tests.referral.conftest import LegalStory

TASKS = "/referral/v1/tasks"


def a_task(legal: LegalStory, **changes: Any) -> dict[str, Any]:
    return {"proceeding_id": legal.proceeding["id"], "kind": "prepare-person", "due_on": "2027-06-01", **changes}


async def test_it_is_added_done_and_opened_again(legal: LegalStory) -> None:
    hearing = await legal.hearing()
    added = await legal.lawyer.post(TASKS, a_task(legal, hearing_id=hearing["id"], assignee=legal.lawyer.subject))
    assert (added.status_code, added.headers["etag"]) == (201, '"1"')
    path = f"{TASKS}/{added.json()['id']}"
    assert (await legal.owner.patch(path, {"status": "done"})).status_code == 428
    done = (await legal.owner.patch(path, {"status": "done"}, etag='"1"')).json()
    assert (done["status"], done["done_by"]) == ("done", legal.owner.subject)
    assert (await legal.owner.patch(path, {"status": "cancelled"}, etag='"2"')).status_code == 409
    again = (await legal.lawyer.patch(path, {"status": "open"}, etag='"2"')).json()
    assert (again["status"], again["done_at"], again["done_by"]) == ("open", None, None)


async def test_a_stages_tasks_are_added_once(legal: LegalStory) -> None:
    body = {"proceeding_id": legal.proceeding["id"], "stage": "trial", "began_on": "2027-06-01"}
    answers = await asyncio.gather(*(legal.owner.post(f"{TASKS}/from-template", body) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {201}
    listed = (await legal.lawyer.get(TASKS, proceeding_id=legal.proceeding["id"])).json()["items"]
    assert sorted(task["kind"] for task in listed) == sorted(TEMPLATES[Stage.TRIAL])
    assert [task["due_on"] for task in listed] == sorted(task["due_on"] for task in listed)


async def test_lists_show_what_is_overdue_and_whose(legal: LegalStory) -> None:
    late = (await legal.owner.post(TASKS, a_task(legal, due_on="2026-01-01", assignee=legal.lawyer.subject))).json()
    later = (await legal.owner.post(TASKS, a_task(legal))).json()

    async def ids(**parameters: Any) -> list[str]:
        return [each["id"] for each in (await legal.owner.get(TASKS, **parameters)).json()["items"]]

    assert await ids() == [late["id"], later["id"]]
    assert await ids(overdue=True) == [late["id"]]
    assert await ids(assignee=legal.lawyer.subject) == [late["id"]]
    assert await ids(status="done") == []
    first = (await legal.owner.get(TASKS, limit=1)).json()
    assert await ids(limit=1, cursor=first["next_cursor"]) == [later["id"]]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"kind": "make tea"}, "/kind"),
        ({"due_on": "soon"}, "/due_on"),
        ({"note": "Her name is"}, "/note"),
        ({"hearing_id": str(uuid4())}, "/hearing_id"),
        ({"proceeding_id": str(uuid4())}, "/proceeding_id"),
    ],
)
async def test_bad_input_names_the_field(legal: LegalStory, change: dict[str, Any], pointer: str) -> None:
    refused = await legal.owner.post(TASKS, a_task(legal, **change))
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]


async def test_a_stranger_finds_nothing(legal: LegalStory) -> None:
    task = (await legal.owner.post(TASKS, a_task(legal))).json()
    shelter = await legal.shelter_of()
    for stranger in (shelter, legal.network.colleague(legal.lawyer), await legal.network.member("Another")):
        assert (await stranger.get(f"{TASKS}/{task['id']}")).status_code == 404
        assert (await stranger.patch(f"{TASKS}/{task['id']}", {"status": "done"}, etag='"1"')).status_code == 404
        assert (await stranger.get(TASKS)).json()["items"] == []
        assert (await stranger.post(TASKS, a_task(legal))).status_code == 422
