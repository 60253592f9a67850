"""The rights checklist over HTTP, and the supervisor's view of what was missed."""

from typing import Any

import pytest

from tests.referral.conftest import LegalStory

MISSED = "/referral/v1/rights/missed"
GIVEN = {"status": "given", "evidence": "signed-form", "given_on": "2026-11-20"}


def path_of(legal: LegalStory, right: str = "information") -> str:
    return f"/referral/v1/proceedings/{legal.proceeding['id']}/rights/{right}"


async def test_nine_rights_open_at_first(legal: LegalStory) -> None:
    checks = (await legal.lawyer.get(path_of(legal, "")[:-1])).json()
    assert len(checks) == 9
    assert {check["status"] for check in checks} == {"open"}
    # The proceeding has come to the investigation.
    assert {check["right"] for check in checks if check["is_missed"]} == {"information", "reflection-period"}


async def test_what_was_done_is_said_with_what_shows_it(legal: LegalStory) -> None:
    path = path_of(legal)
    assert (await legal.lawyer.put(path, GIVEN)).status_code == 428
    said = await legal.lawyer.put(path, GIVEN, etag='"0"')
    assert (said.status_code, said.json()["status"], said.headers["etag"]) == (200, "given", '"1"')
    assert not said.json()["is_missed"]
    assert (await legal.owner.put(path, GIVEN, etag='"0"')).status_code == 412
    again = await legal.owner.put(path, {"status": "not-applicable"}, etag='"1"')
    assert (again.json()["status"], again.json()["evidence"], again.json()["version"]) == ("not-applicable", None, 2)


@pytest.mark.parametrize(
    "body",
    [
        {"status": "given"},
        {"status": "refused"},
        {"status": "perhaps"},
        {**GIVEN, "given_on": "2999-01-01"},
        {**GIVEN, "note": "She said"},
    ],
)
async def test_bad_input_is_refused(legal: LegalStory, body: dict[str, Any]) -> None:
    assert (await legal.owner.put(path_of(legal), body, etag='"0"')).status_code == 422


async def test_an_unknown_right_is_refused(legal: LegalStory) -> None:
    assert (await legal.owner.put(path_of(legal, "tea"), GIVEN, etag='"0"')).status_code == 422


async def test_a_supervisor_sees_what_was_missed_until_it_is_said(legal: LegalStory) -> None:
    assert (await legal.lawyer.get(MISSED)).status_code == 403
    (seen,) = (await legal.manager.get(MISSED)).json()["items"]
    assert (seen["number"], seen["missed"]) == (legal.proceeding["number"], ["information", "reflection-period"])
    await legal.owner.put(path_of(legal), GIVEN, etag='"0"')
    (seen,) = (await legal.manager.get(MISSED)).json()["items"]
    assert seen["missed"] == ["reflection-period"]
    await legal.owner.put(path_of(legal, "reflection-period"), {"status": "not-applicable"}, etag='"0"')
    assert (await legal.manager.get(MISSED)).json()["items"] == []
    path = f"/referral/v1/proceedings/{legal.proceeding['id']}"
    await legal.owner.post(f"{path}/close", {"outcome": "withdrawn"}, etag='"1"')
    (seen,) = (await legal.manager.get(MISSED)).json()["items"]
    assert len(seen["missed"]) == 7


async def test_a_stranger_finds_nothing(legal: LegalStory) -> None:
    stranger = await legal.shelter_of()
    assert (await stranger.get(path_of(legal, "")[:-1])).status_code == 404
    assert (await stranger.put(path_of(legal), GIVEN, etag='"0"')).status_code == 404
