"""Matching over HTTP. Each test looks for a need of its own organization's services among all others'."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from tests.factories.capacity import a_shelter
from tests.factories.directory import admit, coordinator, key, manager_of, member_of, publish

pytestmark = pytest.mark.integration
WOMEN = {"attribute": "gender", "operator": "any-of", "codes": ["female"]}
TAJIK = {"attribute": "languages", "operator": "any-of", "codes": ["tg"]}


class Town:
    """Services that only this test's persons can be sent to: an area of its own."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.area = f"X-{uuid4().hex[:12]}"
        self.names: dict[str, str] = {}
        self.organizations: dict[str, UUID] = {}

    async def open(self, name: str, *criteria: dict[str, Any], beds: int | None = 2, **fields: Any) -> str:
        """A shelter for people of the town; the path of its capacity."""
        organization_id = await admit(self.client)
        self.organizations[name] = organization_id
        service = await publish(self.client, organization_id, name=name, taxonomy_terms=["family-tracing"], **fields)
        self.names[service["id"]] = name
        headers, path = manager_of(organization_id), f"/directory/v1/services/{service['id']}"
        here = {"attribute": "area", "operator": "any-of", "codes": [self.area]}
        put = {"json": {"criteria": [here, *criteria]}, "headers": headers | {"If-Match": "*"}}
        (await self.client.put(f"{path}/eligibility", **put)).raise_for_status()
        if beds is None:
            return ""
        body = {"unit": "bed", "name": "Beds", "maximum": max(beds, 1), "available": beds}
        answer = await self.client.post(f"{path}/capacities", json=body, headers=headers | key())
        return answer.raise_for_status().headers["location"]

    async def match(self, *, need: str = "family-tracing", **fields: Any) -> tuple[list[Any], list[Any]]:
        """Matches and near misses in the town."""
        profile = {"area": self.area, **fields.pop("profile", {})}
        body = {"need": need, "profile": profile, "limit": 50, **fields}
        answer = await self.client.post("/directory/v1/match", json=body, headers=member_of(uuid4()))
        assert answer.status_code == 200, answer.text
        found = answer.json()
        return tuple([each for each in found[part] if each["service_id"] in self.names] for part in found)  # type: ignore[return-value]


@pytest.fixture
def town(client: httpx.AsyncClient) -> Town:
    return Town(client)


def names(found: list[Any]) -> list[str]:
    return [each["name"] for each in found]


async def test_eligible_with_room_first_and_near_misses_say_why(town: Town) -> None:
    await town.open("women", WOMEN)
    await town.open("women and tajik", WOMEN, TAJIK)
    await town.open("full", WOMEN, beds=0)
    await town.open("men", {**WOMEN, "codes": ["male"]})
    await town.open("full and for men", {**WOMEN, "codes": ["male"]}, beds=0)
    await town.open("closed", WOMEN, status="inactive")
    matches, misses = await town.match(profile={"gender": "female", "languages": ["tg", "ru"]})
    assert names(matches) == ["women and tajik", "women"]
    assert {each["name"]: each["reasons"] for each in misses} == {"full": ["full"], "men": ["gender"]}
    best = matches[0]
    assert best["scores"] == {"eligibility": 40, "room": 25, "fresh": 20, "language": 15}
    assert best["score"] == 100
    assert {each["attribute"]: each["verdict"] for each in best["criteria"]} == {
        "area": "met",
        "gender": "met",
        "languages": "met",
    }
    assert [(each["unit"], each["available"]) for each in best["capacities"]] == [("bed", 2)]


async def test_what_is_not_known_is_a_question_and_ranks_lower(town: Town) -> None:
    await town.open("asks nothing more")
    await town.open("asks for gender", WOMEN)
    matches, misses = await town.match()
    assert (names(matches), misses) == (["asks nothing more", "asks for gender"], [])
    assert [each["scores"]["eligibility"] for each in matches] == [40, 20]
    assert [each["question"] for each in matches[1]["criteria"]] == [None, "What is the person's gender?"]


async def test_what_is_said_of_an_area_holds_for_its_parts(town: Town) -> None:
    await town.open("here", {"attribute": "origin-area", "operator": "none-of", "codes": ["TJ-KT"]})
    district = f"{town.area}-bokhtar"
    matches, misses = await town.match(profile={"area": district, "origin_area": "TJ-SU"})
    assert (names(matches), misses) == (["here"], [])
    assert {each["attribute"]: each["verdict"] for each in matches[0]["criteria"]} == {
        "area": "met",
        "origin-area": "met",
    }
    _, misses = await town.match(profile={"area": district, "origin_area": "TJ-KT-danghara"})
    assert {each["name"]: each["reasons"] for each in misses} == {"here": ["origin-area"]}


async def test_who_does_not_serve_the_area_is_left_out(town: Town) -> None:
    await town.open("here")
    assert await town.match(profile={"area": f"X-{uuid4().hex[:12]}"}) == ([], [])


async def test_citizenship_and_residence_are_two_things(town: Town) -> None:
    await town.open("tajiks", {"attribute": "citizenship", "operator": "any-of", "codes": ["TJ"]})
    profile = {"citizenship": ["TJ", "RU"], "residence_status": "undocumented"}
    assert names((await town.match(profile=profile))[0]) == ["tajiks"]
    _, misses = await town.match(profile={**profile, "citizenship": []})
    assert {each["name"]: each["reasons"] for each in misses} == {"tajiks": ["citizenship"]}


async def test_changes_of_the_service_are_seen_at_once(town: Town, client: httpx.AsyncClient) -> None:
    await town.open("adults", minimum_age=18)
    (service_id,), profile = town.names, {"age": {"minimum": 15, "maximum": 15}}
    assert (await town.match(profile=profile))[0] == []
    headers = manager_of(town.organizations["adults"]) | {"If-Match": "*"}
    for change, expected in (({"minimum_age": None}, ["adults"]), ({"taxonomy_terms": ["cash"]}, [])):
        (await client.patch(f"/directory/v1/services/{service_id}", json=change, headers=headers)).raise_for_status()
        assert names((await town.match(profile=profile))[0]) == expected


async def test_room_is_that_of_this_moment(town: Town, client: httpx.AsyncClient) -> None:
    shelter = await a_shelter(client, maximum=1)
    put = {"json": {"criteria": [{"attribute": "area", "operator": "any-of", "codes": [town.area]}]}}
    headers = shelter.headers | {"If-Match": "*"}
    path = f"/directory/v1/services/{shelter.service_id}/eligibility"
    (await client.put(path, **put, headers=headers)).raise_for_status()
    town.names[shelter.service_id] = "shelter"
    matches, _ = await town.match(need="shelter")
    assert matches[0]["capacities"][0]["capacity_id"] == shelter.capacity_id
    hold = (await shelter.place()).raise_for_status().json()
    matches, misses = await town.match(need="shelter")
    assert (matches, misses[0]["reasons"], misses[0]["full_until"]) == ([], ["full"], hold["until"])
    (await shelter.act(hold["id"], "release")).raise_for_status()
    assert len((await town.match(need="shelter"))[0]) == 1


async def test_unit_and_quantity_count(town: Town) -> None:
    await town.open("two beds", beds=2)
    await town.open("nothing stated", beds=None)
    assert names((await town.match(quantity=2))[0]) == ["two beds", "nothing stated"]
    matches, misses = await town.match(quantity=3)
    assert (names(matches), names(misses)) == (["nothing stated"], ["two beds"])
    matches, _ = await town.match(unit="family-room")
    assert {each["scores"]["room"] for each in matches} == {0}


async def test_suspended_organization_is_out_at_once(town: Town, client: httpx.AsyncClient) -> None:
    await town.open("shelter")
    path = f"/directory/v1/organizations/{town.organizations['shelter']}"
    suspend = {"json": {"status": "suspended"}, "headers": coordinator() | {"If-Match": "*"}}
    (await client.patch(path, **suspend)).raise_for_status()
    assert await town.match() == ([], [])


@pytest.mark.parametrize(
    ("body", "pointer", "rule"),
    [
        ({"need": "magic"}, "/need", "taxonomy_term"),
        ({"need": "shelter", "profile": {"gender": "woman"}}, "/profile/gender", "code"),
        ({"need": "shelter", "profile": {"name": "x"}}, "/profile/name", "extra_forbidden"),
        ({"need": "shelter", "quantity": 0}, "/quantity", "greater_than_equal"),
        ({"need": "shelter", "unit": "hammock"}, "/unit", "enum"),
        ({"need": "shelter", "profile": {"citizenship": ["Tajikistan"]}}, "/profile/citizenship", "code"),
        ({"need": "shelter", "profile": {"age": {"minimum": 9, "maximum": 3}}}, "/profile/age", "value_error"),
        ({"need": "shelter", "profile": {"children_ages": [-1]}}, "/profile/children_ages/0", "greater_than_equal"),
        ({"need": "x" * 1000}, "/need", "string_too_long"),
    ],
)
async def test_fault_names_field_and_rule(
    client: httpx.AsyncClient, body: dict[str, Any], pointer: str, rule: str
) -> None:
    answer = await client.post("/directory/v1/match", json=body, headers=member_of(uuid4()))
    assert answer.status_code == 422
    assert [(fault["pointer"], fault["rule"]) for fault in answer.json()["errors"]] == [(pointer, rule)]


async def test_anonymous_is_refused(client: httpx.AsyncClient) -> None:
    assert (await client.post("/directory/v1/match", json={"need": "shelter"})).status_code == 401
