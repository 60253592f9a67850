"""Cases over HTTP: pseudonymous, and nobody else's to see."""

import httpx
import pytest
from paivand_contracts.codes import Role
from paivand_referral.numbers import is_valid_number

from tests.referral.conftest import CASE, Network

CASES = "/referral/v1/cases"


async def test_without_a_token_nothing_is_said(client: httpx.AsyncClient) -> None:
    answer = await client.get(CASES)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:paivand:problem:unauthenticated"
    assert len(answer.json()["trace_id"]) == 32


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.AUDITOR])
async def test_coordinators_and_auditors_see_no_case(network: Network, role: Role) -> None:
    outsider = await network.member("Committee", role)
    assert (await outsider.get(CASES)).status_code == 403
    assert (await outsider.post(CASES, CASE)).status_code == 403


async def test_a_member_opens_a_case_and_reads_it_back(network: Network) -> None:
    shelter = await network.member()
    opened = await shelter.post(CASES, CASE)
    assert opened.status_code == 201
    case = opened.json()
    assert is_valid_number(case["number"])
    assert opened.headers["location"] == f"{CASES}/{case['id']}"
    assert (await shelter.get(f"{CASES}/{case['id']}")).json() == case
    assert {name: case[name] for name in CASE} == CASE


async def test_another_organization_cannot_tell_it_from_an_absent_one(network: Network) -> None:
    shelter, other = await network.member(), await network.member("Another shelter")
    case = (await shelter.post(CASES, CASE)).json()
    theirs = await other.get(f"{CASES}/{case['id']}")
    absent = await other.get(f"{CASES}/019b0000-0000-7000-8000-000000000000")
    assert theirs.status_code == absent.status_code == 404
    assert theirs.json() | {"trace_id": ""} == absent.json() | {"trace_id": ""}
    assert (await other.get(CASES)).json()["items"] == []


async def test_pages_follow_each_other_without_gap_or_repeat(network: Network) -> None:
    shelter = await network.member()
    opened = [(await shelter.post(CASES, CASE)).json()["id"] for _ in range(7)]
    seen, cursor = [], None
    while True:
        page = await shelter.get(CASES, limit=3, **({"cursor": cursor} if cursor else {}))
        seen += [case["id"] for case in page.json()["items"]]
        cursor = page.json()["next_cursor"]
        assert ("link" in page.headers) == (cursor is not None)
        if cursor is None:
            break
    assert seen == opened[::-1]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"age_band": "24"}, "/age_band"),
        ({"gender": "woman"}, "/gender"),
        ({"languages": ["Tajik"]}, "/languages/0"),
        ({"languages": ["tg", "tg"]}, "/languages"),
        ({"needs": []}, "/needs"),
        ({"needs": ["Legal help!"]}, "/needs/0"),
        ({"needs": ["cash", "magic"]}, "/needs/1"),
        ({"name": "Zarina Karimova"}, "/name"),
        ({"organization_id": "019b0000-0000-7000-8000-000000000000"}, "/organization_id"),
    ],
)
async def test_bad_input_names_the_field_and_repeats_nothing(network: Network, change: dict, pointer: str) -> None:
    shelter = await network.member()
    refused = await shelter.post(CASES, CASE | change)
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
    assert "Karimova" not in refused.text
    assert (await shelter.get(CASES)).json()["items"] == []


async def test_a_cursor_of_ones_own_making_is_refused(network: Network) -> None:
    shelter = await network.member()
    for cursor in ("x", "W10", "bnVsbA", "WyJub3QtYS11dWlkIl0", "é"):
        refused = await shelter.get(CASES, cursor=cursor)
        assert refused.status_code == 422, cursor
        assert refused.json()["errors"][0]["parameter"] == "cursor"
