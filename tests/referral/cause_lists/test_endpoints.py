"""Cause lists: bad lines are named, good ones change hearings, and the sender learns nothing of which cases exist."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from paivand_contracts.codes import Role
from paivand_kit.database import Database
from paivand_referral.cause_lists.jobs import handle_cause_lists
from paivand_referral.cause_lists.tables import CauseListLineRow
from sqlalchemy import func, select

from tests.factories.running import Person
from tests.referral.conftest import LegalStory

LISTS = "/referral/v1/cause-lists"
COURT = "Court of Sino district"


class Listed:
    """A proceeding with a file number of its own, and the court's system."""

    def __init__(self, legal: LegalStory, court: Person, number: str, database: Database) -> None:
        self.legal, self.court, self.number, self.database = legal, court, number, database

    def line(self, **changes: Any) -> dict[str, Any]:
        return {"file_number": self.number, "starts_at": "2027-06-01T09:30", **changes}

    def body(self, *lines: Any, **changes: Any) -> dict[str, Any]:
        return {"court": COURT, "time_zone": "Asia/Dushanbe", "lines": list(lines), **changes}

    async def state(self, *lines: Any, **changes: Any) -> dict[str, Any]:
        answer = await self.court.post(LISTS, self.body(*lines, **changes))
        assert answer.status_code == 202, answer.text
        await handle_cause_lists(self.database)
        return answer.json()

    async def hearings(self) -> list[dict[str, Any]]:
        return (await self.legal.lawyer.get("/referral/v1/hearings")).json()["items"]


@pytest.fixture
async def listed(legal: LegalStory, database: Database) -> Listed:
    number = f"1-{uuid4().hex[:12]}/2026"
    path = f"/referral/v1/proceedings/{legal.proceeding['id']}/court-file"
    assert (await legal.owner.put(path, {"court": COURT, "number": number}, etag='"1"')).status_code == 200
    return Listed(legal, await legal.network.member("Supreme court", Role.COURT), number, database)


class TestMatching:
    async def test_a_line_becomes_a_hearing_of_the_case(self, listed: Listed) -> None:
        await listed.state(listed.line(room="Room 4", hearing_type="testimony"))
        (hearing,) = await listed.hearings()
        assert (hearing["starts_local"], hearing["room"], hearing["hearing_type"], hearing["court"]) == (
            "2027-06-01T09:30:00",
            "Room 4",
            "testimony",
            COURT,
        )
        entries = (await listed.legal.owner.get(f"/referral/v1/hearings/{hearing['id']}/history")).json()["items"]
        assert [entry["organization_id"] for entry in entries] == [None]

    async def test_the_same_list_again_changes_nothing(self, listed: Listed) -> None:
        for _ in range(2):
            await listed.state(listed.line(room="Room 4"))
        (hearing,) = await listed.hearings()
        assert hearing["version"] == 1

    async def test_spelling_of_the_number_makes_no_difference(self, listed: Listed) -> None:
        await listed.state(listed.line(file_number=listed.number.replace("-", " – ").upper()))
        assert len(await listed.hearings()) == 1

    async def test_another_time_moves_it_and_another_day_adjourns_it(self, listed: Listed) -> None:
        await listed.state(listed.line())
        await listed.state(listed.line(starts_at="2027-06-01T14:00"))
        (hearing,) = await listed.hearings()
        assert (hearing["starts_local"], hearing["version"]) == ("2027-06-01T14:00:00", 2)
        await listed.state(listed.line(starts_at="2027-06-09T10:00", previous_starts_at="2027-06-01T14:00"))
        former, following = await listed.hearings()
        assert (former["status"], former["next_hearing_id"]) == ("adjourned", following["id"])
        assert (following["status"], following["starts_local"]) == ("scheduled", "2027-06-09T10:00:00")

    async def test_a_vacated_line_takes_it_off(self, listed: Listed) -> None:
        await listed.state(listed.line())
        await listed.state(listed.line(status="vacated"))
        assert [hearing["status"] for hearing in await listed.hearings()] == ["vacated"]

    async def test_another_courts_list_finds_nothing(self, listed: Listed) -> None:
        await listed.state(listed.line(), court="Court of Firdavsi district")
        assert await listed.hearings() == []

    async def test_a_closed_proceeding_gets_no_hearing(self, listed: Listed) -> None:
        path = f"/referral/v1/proceedings/{listed.legal.proceeding['id']}/close"
        await listed.legal.owner.post(path, {"outcome": "settled"}, etag='"2"')
        await listed.state(listed.line())
        assert await listed.hearings() == []

    async def test_an_erased_person_is_found_no_more(self, listed: Listed) -> None:
        legal = listed.legal
        manager = legal.owner.with_role(Role.MANAGER)
        erased = await manager.post(
            f"/referral/v1/cases/{legal.case_id}/erase",
            {"number": legal.proceeding["case_number"], "reason": "person-asked"},
        )
        assert erased.status_code == 200, erased.text
        await listed.state(listed.line())
        assert await listed.hearings() == []
        path = f"/referral/v1/proceedings/{legal.proceeding['id']}/court-file"
        assert (await legal.owner.get(path)).status_code == 404
        refused = await legal.owner.put(path, {"court": COURT, "number": "2-2/2026"}, etag="*")
        assert refused.status_code == 409

    async def test_handled_lines_are_gone(self, listed: Listed) -> None:
        await listed.state(listed.line(), listed.line(file_number="9-9/2026"))
        async with listed.database.transaction() as session:
            assert await session.scalar(select(func.count()).select_from(CauseListLineRow)) == 0


class TestSecrecy:
    async def test_found_and_not_found_get_the_same_answer(self, listed: Listed) -> None:
        found = await listed.court.post(LISTS, listed.body(listed.line()))
        nothing = await listed.court.post(LISTS, listed.body(listed.line(file_number="9-9/2026")))
        assert found.status_code == nothing.status_code == 202
        assert set(found.headers) == set(nothing.headers)
        assert found.json() | {"id": ""} == nothing.json() | {"id": ""}

    async def test_the_court_sees_nothing_back(self, listed: Listed) -> None:
        await listed.state(listed.line())
        (hearing,) = await listed.hearings()
        for path in (
            "/referral/v1/hearings",
            f"/referral/v1/hearings/{hearing['id']}",
            f"/referral/v1/proceedings/{listed.legal.proceeding['id']}",
            "/referral/v1/accompaniments",
            "/referral/v1/cases",
            LISTS,
        ):
            assert (await listed.court.get(path)).status_code == 403, path

    @pytest.mark.parametrize("role", [Role.MEMBER, Role.MANAGER, Role.COORDINATOR, Role.AUDITOR])
    async def test_only_courts_state_lists(self, listed: Listed, role: Role) -> None:
        person = listed.legal.network.colleague(listed.legal.owner, role)
        assert (await person.post(LISTS, listed.body(listed.line()))).status_code == 403

    async def test_coordinators_see_figures_of_long_lists_only(self, listed: Listed) -> None:
        coordinator = listed.legal.network.coordinator()
        short = await listed.state(listed.line())
        others = [listed.line(file_number=f"9-{each}/2026") for each in range(30)]
        long = await listed.state(listed.line(), *others)
        reports = {each["id"]: each for each in (await coordinator.get(LISTS, limit=200)).json()["items"]}
        assert reports[short["id"]]["unmatched"] is None
        assert (reports[long["id"]]["accepted"], reports[long["id"]]["unmatched"]) == (31, 30)


class TestLines:
    BAD = [
        ({"starts_at": "soon"}, "/starts_at"),
        ({"starts_at": None}, "/starts_at"),
        ({"file_number": "--"}, "/file_number"),
        ({"hearing_type": "tea"}, "/hearing_type"),
        ({"status": "held"}, "/status"),
        ({"defendant": "Ivanov"}, ""),
        ({"room": "x" * 300}, "/room"),
    ]

    @pytest.mark.parametrize(("change", "place"), BAD)
    async def test_a_bad_line_is_named_and_its_values_are_not_repeated(
        self, listed: Listed, change: dict[str, Any], place: str
    ) -> None:
        refused = await listed.court.post(LISTS, listed.body(listed.line(), listed.line(**change)))
        assert refused.status_code == 422
        assert [error["pointer"] for error in refused.json()["errors"]] == [f"/lines/1{place}"]
        assert "Ivanov" not in refused.text
        await handle_cause_lists(listed.database)
        assert await listed.hearings() == []

    async def test_a_line_that_is_no_object_is_named(self, listed: Listed) -> None:
        refused = await listed.court.post(LISTS, listed.body("1-482/2026", 7, None))
        assert [error["pointer"] for error in refused.json()["errors"]] == ["/lines/0", "/lines/1", "/lines/2"]

    async def test_good_lines_are_kept_only_when_asked_for(self, listed: Listed) -> None:
        answer = await listed.state(listed.line(), listed.line(starts_at="soon"), keep_good_lines=True)
        assert (answer["received"], answer["accepted"]) == (2, 1)
        assert [problem["pointer"] for problem in answer["problems"]] == ["/lines/1/starts_at"]
        assert len(await listed.hearings()) == 1

    async def test_a_dry_run_only_checks(self, listed: Listed) -> None:
        answer = await listed.state(listed.line(), listed.line(starts_at="soon"), dry_run=True)
        assert (answer["id"], answer["received"], answer["accepted"]) == (None, 2, 1)
        assert await listed.hearings() == []

    async def test_a_time_that_clocks_skip_is_a_bad_line(self, listed: Listed) -> None:
        line = listed.line(starts_at="2027-03-28T02:30")
        refused = await listed.court.post(LISTS, listed.body(line, time_zone="Europe/Berlin"))
        assert refused.json()["errors"][0]["rule"] == "local-time"

    async def test_csv_says_the_same(self, listed: Listed) -> None:
        text = f"file_number,starts_at,room\r\n{listed.number},2027-06-01T09:30,Room 4\r\n9-9/2026,never,\r\n"
        body = listed.body(csv=text, keep_good_lines=True)
        del body["lines"]
        answer = await listed.court.post(LISTS, body)
        assert answer.status_code == 202
        assert [problem["pointer"] for problem in answer.json()["problems"]] == ["/csv/1/starts_at"]
        await handle_cause_lists(listed.database)
        assert [hearing["room"] for hearing in await listed.hearings()] == ["Room 4"]

    async def test_both_forms_or_none_are_refused(self, listed: Listed) -> None:
        body = listed.body(listed.line(), csv="file_number,starts_at\n")
        assert (await listed.court.post(LISTS, body)).status_code == 422
        del body["lines"], body["csv"]
        assert (await listed.court.post(LISTS, body)).status_code == 422

    async def test_ten_thousand_lines_with_bad_ones_fit_in_a_request(self, listed: Listed) -> None:
        rows = [f"9-{each}/2026,{'never' if each % 100 == 0 else '2027-06-01T09:30'}" for each in range(9_999)]
        rows.append(f"{listed.number},2027-06-01T09:30")
        text = "\r\n".join(["file_number,starts_at", *rows])
        body = {"court": COURT, "time_zone": "Asia/Dushanbe", "csv": text, "keep_good_lines": True}
        assert len(json.dumps(body)) < 1_048_576
        answer = await listed.court.post(LISTS, body)
        assert answer.status_code == 202, answer.text
        assert (answer.json()["accepted"], len(answer.json()["problems"])) == (9_900, 100)
        await handle_cause_lists(listed.database)
        assert len(await listed.hearings()) == 1
        too_many = body | {"csv": f"{text}\r\n{rows[-1]}"}
        assert (await listed.court.post(LISTS, too_many)).status_code == 422

    async def test_the_list_that_the_page_shows_is_taken(self, listed: Listed) -> None:
        page = (Path(__file__).parents[3] / "docs" / "for-lawyers.md").read_text("utf-8")
        shown = json.loads(page.split("```json")[1].split("```")[0])
        answer = await listed.court.post(LISTS, shown)
        assert (answer.status_code, answer.json()["accepted"], answer.json()["problems"]) == (202, 1, [])
