"""Matching over HTTP. Each test looks for a need of its own organization's services among all others'."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from tests.factories.capacity import a_shelter
from tests.factories.directory import admit, coordinator, key, locate, manager_of, member_of, publish

pytestmark = pytest.mark.integration
RECORD = text("INSERT INTO response_records VALUES (:organization_id, 10, :in_time, 30)")
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
    assert best["scores"] == {
        "eligibility": 35,
        "room": 20,
        "fresh": 15,
        "language": 10,
        "distance": 0,
        "response": 5,
    }
    assert best["score"] == 85
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
    assert [each["scores"]["eligibility"] for each in matches] == [35, 17]
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


async def place(
    client: httpx.AsyncClient, town: Town, name: str, *, schedules: list[dict[str, Any]] | None = None, **fields: Any
) -> None:
    """Gives a service of the town a location, redacted unless said otherwise, and hours there."""
    organization_id = town.organizations[name]
    location = await locate(client, organization_id, **fields)
    (service_id,) = (id_ for id_, each in town.names.items() if each == name)
    body = {"service_id": service_id, "location_id": location["id"], "schedules": schedules or []}
    path, headers = "/directory/v1/service_at_locations", manager_of(organization_id) | key()
    (await client.post(path, json=body, headers=headers)).raise_for_status()


async def test_the_nearer_one_comes_first_and_says_how_far(town: Town, client: httpx.AsyncClient) -> None:
    for name, latitude in (("far", 40.38), ("near", 38.6), ("nowhere", None)):
        await town.open(name)
        if latitude:
            await place(client, town, name, is_redacted=False, latitude=latitude, longitude=68.8)
    matches, _ = await town.match(near={"latitude": 38.56, "longitude": 68.78})
    assert [(each["name"], each["distance_km"], each["scores"]["distance"]) for each in matches] == [
        ("near", 5, 10),
        ("far", 202, 0),
        ("nowhere", None, 0),
    ]
    assert {each["distance_km"] for each in (await town.match())[0]} == {None}


async def test_many_questions_tell_no_more_than_the_cell(town: Town, client: httpx.AsyncClient) -> None:
    """Two shelters at two ends of a cell look the same from everywhere, so nothing can be told from any answers."""
    ends = {"one": (37.76, 68.76), "other": (37.99, 68.99)}
    for name, (latitude, longitude) in ends.items():
        await town.open(name)
        await place(client, town, name, latitude=latitude, longitude=longitude)
    points = [(37.5 + step * 0.1, 68.5 + step * 0.1) for step in range(8)] + list(ends.values())
    for latitude, longitude in points:
        matches, _ = await town.match(near={"latitude": latitude, "longitude": longitude})
        assert len(matches) == 2
        assert len({(each["distance_km"], each["score"]) for each in matches}) == 1


WEEKDAYS = {"freq": "WEEKLY", "byday": "MO,TU,WE,TH,FR", "opens_at": "09:00+05:00", "closes_at": "17:00+05:00"}
NIGHTS = {"freq": "WEEKLY", "byday": "FR", "opens_at": "22:00", "closes_at": "06:00", "timezone": 5}


# 2026-11-27 is a Friday.
@pytest.mark.parametrize(
    ("schedules", "when", "is_open"),
    [
        ([WEEKDAYS], "2026-11-27T04:00:00Z", True),
        ([WEEKDAYS], "2026-11-27T03:59:00Z", False),
        ([WEEKDAYS], "2026-11-27T17:00:00+05:00", False),
        ([WEEKDAYS], "2026-11-28T06:00:00Z", False),
        ([NIGHTS], "2026-11-27T23:00:00+05:00", True),
        ([NIGHTS], "2026-11-28T05:59:00+05:00", True),
        ([NIGHTS], "2026-11-27T05:59:00+05:00", False),
        ([WEEKDAYS, NIGHTS], "2026-11-28T01:00:00+05:00", True),
        ([WEEKDAYS | {"valid_to": "2026-11-26"}], "2026-11-27T06:00:00Z", False),
        ([WEEKDAYS | {"valid_from": "2026-11-27"}], "2026-11-27T06:00:00Z", True),
        ([WEEKDAYS | {"opens_at": "09:00", "closes_at": "17:00"}], "2026-11-27T06:00:00Z", None),
        ([WEEKDAYS | {"freq": "MONTHLY"}], "2026-11-27T06:00:00Z", None),
        ([WEEKDAYS | {"byday": "1MO"}], "2026-11-27T06:00:00Z", None),
        ([WEEKDAYS | {"interval": 2}], "2026-11-27T06:00:00Z", None),
        ([{"description": "By appointment"}], "2026-11-27T06:00:00Z", None),
        ([], "2026-11-27T06:00:00Z", None),
    ],
)
async def test_hours_are_reckoned_or_left_open(
    town: Town, client: httpx.AsyncClient, schedules: list[dict[str, Any]], when: str, is_open: bool | None
) -> None:
    await town.open("clinic")
    await place(client, town, "clinic", schedules=schedules, is_redacted=False)
    matches, misses = await town.match(when=when)
    found = misses if is_open is False else matches
    assert [each["is_open"] for each in found] == [is_open]
    assert [each["reasons"] for each in misses] == ([["closed"]] if is_open is False else [])


async def test_hours_of_a_redacted_place_are_not_told(town: Town, client: httpx.AsyncClient) -> None:
    await town.open("shelter")
    await place(client, town, "shelter", schedules=[WEEKDAYS])
    for when in ("2026-11-27T06:00:00Z", "2026-11-28T06:00:00Z"):
        matches, _ = await town.match(when=when)
        assert [each["is_open"] for each in matches] == [None]


async def test_who_answers_in_time_comes_first(town: Town, app: FastAPI) -> None:
    for name in ("late", "reliable", "unknown"):
        await town.open(name)
    async with app.state.database.transaction() as session:
        for name, in_time in (("late", 1), ("reliable", 9)):
            values = {"organization_id": town.organizations[name], "in_time": in_time}
            await session.execute(RECORD, values)
    matches, _ = await town.match()
    assert [(each["name"], each["scores"]["response"]) for each in matches] == [
        ("reliable", 9),
        ("unknown", 5),
        ("late", 1),
    ]
    assert matches[0]["response"] == {"asked": 10, "answered_in_time": 9, "median_minutes": 30}
    assert matches[1]["response"] is None


async def test_near_misses_say_why_in_words(town: Town) -> None:
    await town.open("men", {**WOMEN, "codes": ["male"]})
    await town.open("children", maximum_age=10)
    await town.open("full", beds=0)
    _, misses = await town.match(profile={"gender": "female", "age": {"minimum": 15, "maximum": 15}})
    assert {each["name"]: each["explanations"] for each in misses} == {
        "men": ["gender: only male"],
        "children": ["age: at most 10"],
        "full": ["full"],
    }


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
    assert matches[0]["capacities"][0]["service_at_location_id"] is None
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
        ({"need": "shelter", "near": {"latitude": 91, "longitude": 0}}, "/near/latitude", "less_than_equal"),
        ({"need": "shelter", "near": {"latitude": 1}}, "/near/longitude", "missing"),
        ({"need": "shelter", "when": "2026-11-27T09:00:00"}, "/when", "timezone_aware"),
        ({"need": "shelter", "when": "tomorrow"}, "/when", "datetime_from_date_parsing"),
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
