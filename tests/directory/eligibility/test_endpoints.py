"""Eligibility over HTTP."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.factories.directory import admit, coordinator, manager_of, member_of, publish

pytestmark = pytest.mark.integration
WOMEN = {"attribute": "gender", "operator": "any-of", "codes": ["female"]}
AGES = {"attribute": "age", "operator": "within", "minimum": 15, "maximum": 60}
FEW_CHILDREN = {"attribute": "children", "operator": "within", "maximum": 2}


def items(answer: httpx.Response) -> list[dict[str, Any]]:
    return answer.json()["criteria"]


class Office:
    """A service and its manager."""

    def __init__(self, client: httpx.AsyncClient, organization_id: Any, service_id: str) -> None:
        self._client, self.organization_id = client, organization_id
        self.path = f"/directory/v1/services/{service_id}/eligibility"

    async def put(self, *criteria: dict[str, Any], etag: str | None = "*", headers: Any = None) -> httpx.Response:
        headers = (headers or manager_of(self.organization_id)) | ({"If-Match": etag} if etag else {})
        return await self._client.put(self.path, json={"criteria": criteria}, headers=headers)

    async def check(self, **profile: Any) -> httpx.Response:
        body = {"profile": profile}
        return await self._client.post(f"{self.path}-check", json=body, headers=member_of(uuid4()))


@pytest.fixture
async def office(client: httpx.AsyncClient) -> Office:
    organization_id = await admit(client)
    service = await publish(client, organization_id, minimum_age=18)
    return Office(client, organization_id, service["id"])


class TestPut:
    async def test_manager_states_conditions(self, office: Office, client: httpx.AsyncClient) -> None:
        first = await office.put(WOMEN, FEW_CHILDREN, etag='"0"')
        assert (first.status_code, first.headers["etag"]) == (200, '"1"')
        read = await client.get(office.path, headers=member_of(uuid4()))
        assert (read.json(), read.headers["etag"]) == (first.json(), '"1"')
        stated = [
            (each["attribute"], each["codes"], each["minimum"], each["maximum"]) for each in read.json()["criteria"]
        ]
        assert stated == [("age", [], 18, None), ("children", [], None, 2), ("gender", ["female"], None, None)]
        assert (await office.put(WOMEN, etag='"0"')).status_code == 412
        assert len((await office.put(etag='"1"')).json()["criteria"]) == 1

    async def test_what_is_read_can_be_put_back(self, office: Office, client: httpx.AsyncClient) -> None:
        every = [
            {"attribute": "accessibility", "operator": "covers", "codes": ["wheelchair", "lift"]},
            AGES,
            {"attribute": "area", "operator": "any-of", "codes": ["TJ-KT"]},
            FEW_CHILDREN,
            {"attribute": "children-ages", "operator": "all-within", "minimum": 0, "maximum": 12},
            {"attribute": "citizenship", "operator": "any-of", "codes": ["TJ", "UZ"]},
            {"attribute": "disability", "operator": "none-of", "codes": ["intellectual"]},
            {"attribute": "exploitation", "operator": "any-of", "codes": ["labour", "sexual"]},
            WOMEN,
            {"attribute": "identified", "operator": "any-of", "codes": ["yes"]},
            {"attribute": "languages", "operator": "any-of", "codes": ["tg", "ru"]},
            {"attribute": "origin-area", "operator": "none-of", "codes": ["TJ-KT-bokhtar"]},
            {"attribute": "pregnant", "operator": "any-of", "codes": ["no"]},
            {"attribute": "residence-status", "operator": "any-of", "codes": ["undocumented"]},
            {"attribute": "risks", "operator": "none-of", "codes": ["violence"]},
        ]
        await office.put(*every)
        read = (await client.get(office.path, headers=member_of(uuid4()))).json()
        assert [each["attribute"] for each in read["criteria"]] == [each["attribute"] for each in every]
        again = await office.put(*read["criteria"], etag='"1"')
        assert again.status_code == 200, again.text
        assert again.json() == read | {"version": 2}

    async def test_ages_are_those_of_the_service(self, office: Office, client: httpx.AsyncClient) -> None:
        path = office.path.removesuffix("/eligibility")

        async def ages() -> tuple[int | None, int | None, int]:
            service = (await client.get(path, headers=member_of(uuid4()))).json()
            return service["minimum_age"], service["maximum_age"], service["version"]

        assert await ages() == (18, None, 1)
        await office.put(AGES)
        assert await ages() == (15, 60, 2)
        await office.put(AGES, WOMEN)
        assert await ages() == (15, 60, 2)
        await office.put(WOMEN)
        assert await ages() == (15, 60, 2)
        await office.put({**AGES, "maximum": None})
        assert await ages() == (15, None, 3)

    @pytest.mark.parametrize(
        ("criterion", "pointer", "rule"),
        [
            ({**WOMEN, "codes": ["robot"]}, "/criteria/1/codes/0", "code"),
            ({**WOMEN, "attribute": "mood"}, "/criteria/1/attribute", "enum"),
            ({**FEW_CHILDREN, "maximum": -1}, "/criteria/1/maximum", "greater_than_equal"),
            ({**FEW_CHILDREN, "minimum": 5}, "/criteria/1/maximum", "range"),
            ({**AGES, "maximum": 131}, "/criteria/1/maximum", "age"),
            ({**AGES, "minimum": 61}, "/criteria/1/maximum", "range"),
            ({**AGES, "operator": "any-of"}, "/criteria/1/operator", "operator"),
            ({"attribute": "area", "operator": "covers", "codes": ["TJ"]}, "/criteria/1/operator", "operator"),
            ({**WOMEN, "weight": 1}, "/criteria/1/weight", "extra_forbidden"),
            ({"attribute": "area", "operator": "any-of", "codes": ["TJ"]}, "/criteria/1/operator", "repeated"),
        ],
    )
    async def test_fault_names_place_and_rule(
        self, office: Office, client: httpx.AsyncClient, criterion: dict[str, Any], pointer: str, rule: str
    ) -> None:
        answer = await office.put({"attribute": "area", "operator": "any-of", "codes": ["TJ-DU"]}, criterion)
        assert answer.status_code == 422, answer.text
        assert [(fault["pointer"], fault["rule"]) for fault in answer.json()["errors"]] == [(pointer, rule)]
        assert (await client.get(office.path, headers=coordinator())).json()["version"] == 0

    async def test_others_are_refused(self, office: Office, client: httpx.AsyncClient) -> None:
        assert (await client.put(office.path, json={"criteria": []})).status_code == 401
        for headers in (member_of(office.organization_id), manager_of(await admit(client)), coordinator()):
            assert (await office.put(WOMEN, headers=headers)).status_code == 403
        assert (await office.put(WOMEN, etag=None)).status_code == 428


class TestCheck:
    async def test_each_condition_is_explained(self, office: Office) -> None:
        await office.put(WOMEN, FEW_CHILDREN)
        answer = (await office.check(gender="female", age={"minimum": 25, "maximum": 59})).json()
        assert answer["verdict"] == "unknown"
        assert {each["attribute"]: each["verdict"] for each in answer["criteria"]} == {
            "age": "met",
            "children": "unknown",
            "gender": "met",
        }
        assert answer["questions"] == {"children": "How many children come along?"}
        settled = (await office.check(gender="female", age={"minimum": 25, "maximum": 59}, children_ages=[])).json()
        assert (settled["verdict"], settled["questions"]) == ("met", {})
        assert (await office.check(gender="male")).json()["verdict"] == "not-met"

    @pytest.mark.parametrize(
        ("profile", "pointer", "rule"),
        [
            ({"gender": "woman"}, "/profile/gender", "code"),
            ({"gendre": "female"}, "/profile/gendre", "extra_forbidden"),
            ({"age": {"minimum": 30, "maximum": 20}}, "/profile/age", "value_error"),
            ({"age": {"minimum": 200, "maximum": 200}}, "/profile/age/minimum", "less_than_equal"),
        ],
    )
    async def test_fault_names_field_and_rule(
        self, office: Office, profile: dict[str, Any], pointer: str, rule: str
    ) -> None:
        answer = await office.check(**profile)
        assert answer.status_code == 422
        assert (answer.json()["errors"][0]["pointer"], answer.json()["errors"][0]["rule"]) == (pointer, rule)
