"""The HSDS API Specification over HTTP, checked against the official JSON Schemas."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator
from paivand_directory.hsds.terms import TAXONOMY_ID
from paivand_directory.taxonomy.service import SYSTEMS, TERMS
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from tests.factories.directory import a_location, admit, coordinator, key, locate, manager_of, member_of, publish

pytestmark = pytest.mark.integration
ROOT = "/directory/hsds"
SCHEMAS = Path(__file__).parent / "schemas"


@pytest.fixture(scope="module")
def schema() -> Callable[[str], Validator]:
    """Validator for one of the official schemas."""
    documents = {path.name: json.loads(path.read_text()) for path in SCHEMAS.glob("*.json")}
    for document in documents.values():
        document.pop("$id", None)
    registry: Registry[Any] = Registry().with_resources(
        (name, DRAFT202012.create_resource(document)) for name, document in documents.items()
    )
    checker = Draft202012Validator.FORMAT_CHECKER
    return lambda name: Draft202012Validator(documents[f"{name}.json"], registry=registry, format_checker=checker)


@pytest.fixture(scope="module")
async def offered(app: Any) -> dict[str, Any]:
    """An organization with two services: one at an open location, one at a redacted one."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://directory") as client:
        mark = f"mark{uuid4().hex}"
        owner = await admit(client, website="https://example.org/", email="post@example.org")
        headers = manager_of(owner)
        found: dict[str, Any] = {"owner": owner, "mark": mark}
        for name, terms, is_redacted in (("open", ["legal-advice"], False), ("hidden", ["emergency-shelter"], True)):
            service = await publish(client, owner, name=f"{name} {mark}", taxonomy_terms=terms, minimum_age=18)
            address = a_location()["addresses"][0] | {"postal_code": mark[:12]}
            place = await locate(
                client, owner, is_redacted=is_redacted, languages=[{"code": "tg"}], addresses=[address]
            )
            beds = {"unit": "bed", "name": "Ward", "maximum": 4, "available": 1}
            path = f"/directory/v1/services/{service['id']}/capacities"
            (await client.post(path, json=beds, headers=headers | key())).raise_for_status()
            body = {"service_id": service["id"], "location_id": place["id"], "phones": [{"number": "112"}]}
            answer = await client.post("/directory/v1/service_at_locations", json=body, headers=headers | key())
            found[name] = {"service": service, "location": place, "at": answer.raise_for_status().json()}
        return found


async def ask(client: httpx.AsyncClient, path: str, headers: dict[str, str] | None = None, **query: Any) -> Any:
    answer = await client.get(f"{ROOT}{path}", params=query, headers=headers or member_of(uuid4()))
    return answer.raise_for_status().json()


def names(page: Any) -> list[str]:
    return [item["name"].split()[0] for item in page["contents"]]


class TestConformance:
    async def test_the_root_says_what_this_is(self, client: httpx.AsyncClient) -> None:
        about = await ask(client, "/")
        assert about["version"] == "3.1"
        assert about["openapi_url"].endswith("/directory/v1/openapi.json")

    @pytest.mark.parametrize(
        ("path", "name"),
        [
            ("/services", "service"),
            ("/organizations", "organization"),
            ("/service_at_locations", "service_at_location"),
        ],
    )
    async def test_answers_follow_the_official_schemas(
        self,
        client: httpx.AsyncClient,
        offered: dict[str, Any],
        schema: Callable[[str], Validator],
        path: str,
        name: str,
    ) -> None:
        for headers in (member_of(uuid4()), member_of(offered["owner"]), coordinator()):
            listed = await ask(client, path, headers, search=offered["mark"] if name != "organization" else "")
            assert listed["contents"]
            for item in listed["contents"]:
                schema(name).validate(item)
                whole = await ask(client, f"{path}/{item['id']}", headers)
                schema(name).validate(whole)
                for service in whole.get("services", [whole["service"]] if "service" in whole else []):
                    schema("service").validate(service)
            for item in (await ask(client, path, headers, full="true", per_page=5))["contents"]:
                schema(name).validate(item)

    async def test_a_service_says_how_much_room_it_has(
        self, client: httpx.AsyncClient, offered: dict[str, Any]
    ) -> None:
        [capacity] = (await ask(client, f"/services/{offered['hidden']['service']['id']}"))["capacities"]
        assert (capacity["available"], capacity["maximum"], capacity["description"]) == (1, 4, "Ward")
        assert capacity["unit"]["identifier"] == "bed"

    async def test_taxonomies_and_terms_follow_theirs(
        self, client: httpx.AsyncClient, schema: Callable[[str], Validator]
    ) -> None:
        for path, name in (("/taxonomies", "taxonomy"), ("/taxonomy_terms", "taxonomy_term")):
            listed = await ask(client, path)
            assert listed["contents"]
            for item in listed["contents"]:
                schema(name).validate(item)
                assert (await ask(client, f"{path}/{item['id']}"))["name"] == item["name"]

    def test_a_schema_refuses_what_is_wrong(self, schema: Callable[[str], Validator]) -> None:
        """Shows that the checks above can fail, at the top and deep below."""
        right = {"id": str(uuid4()), "name": "x", "status": "active"}
        assert schema("service").is_valid(right)
        assert not schema("service").is_valid(right | {"status": "open"})
        assert not schema("service").is_valid(right | {"phones": [{"id": str(uuid4())}]})
        assert not schema("service").is_valid(right | {"description": None})

    async def test_unknown_is_not_found_and_anonymous_is_refused(self, client: httpx.AsyncClient) -> None:
        for path in ("services", "organizations", "service_at_locations", "taxonomies", "taxonomy_terms"):
            answer = await client.get(f"{ROOT}/{path}/{uuid4()}", headers=member_of(uuid4()))
            assert (answer.status_code, answer.json()["type"]) == (404, "urn:paivand:problem:not-found")
            assert (await client.get(f"{ROOT}/{path}")).status_code == 401


class TestRedaction:
    @pytest.mark.parametrize("path", ["/services", "/service_at_locations", "/organizations"])
    async def test_no_answer_gives_a_redacted_place_away(
        self, client: httpx.AsyncClient, offered: dict[str, Any], path: str
    ) -> None:
        hidden = offered["hidden"]
        id_ = {"/services": hidden["service"], "/service_at_locations": hidden["at"], "/organizations": None}[path]
        one = f"{path}/{id_['id'] if id_ else offered['owner']}"
        told = await ask(client, one, full_service="true") if id_ is None else await ask(client, one)
        place = place_of(told, hidden["location"]["id"])
        assert place["is_redacted"] is True
        assert (place["region"], place["district"]) == ("Khatlon", "Bokhtar")
        assert place.keys() <= {
            *("id", "organization_id", "location_type", "is_redacted", "country", "region", "district"),
            *("languages", "addresses", "contacts", "accessibility", "phones", "schedules", "attributes"),
        }
        assert [value for value in place.values() if isinstance(value, list) and value] == []
        own = place_of(await ask(client, one, member_of(offered["owner"])), hidden["location"]["id"])
        assert own["addresses"][0]["address_1"] == "12 Hidden Street"

    async def test_a_redacted_place_is_not_found_by_its_postcode(
        self, client: httpx.AsyncClient, offered: dict[str, Any]
    ) -> None:
        for headers in (member_of(uuid4()), member_of(offered["owner"])):
            found = await ask(client, "/service_at_locations", headers, postcode=offered["mark"][:12])
            assert [item["id"] for item in found["contents"]] == [offered["open"]["at"]["id"]]


def place_of(told: Any, location_id: str) -> Any:
    """The location of this id, wherever it stands in an answer."""
    if isinstance(told, dict):
        if told.get("id") == location_id and "location_type" in told:
            return told
        told = list(told.values())
    found = (place_of(each, location_id) for each in told if isinstance(each, dict | list))
    return next((each for each in found if each is not None), None)


class TestQueries:
    async def test_filters_narrow_each_other_in_url_and_body(
        self, client: httpx.AsyncClient, offered: dict[str, Any]
    ) -> None:
        base = {"organization_id": str(offered["owner"])}
        shelter, legal = str(TERMS["shelter"].id), str(TERMS["legal-advice"].id)
        cases: list[tuple[dict[str, Any], list[str]]] = [
            ({}, ["hidden", "open"]),
            ({"search": f"open {offered['mark']}"}, ["open"]),
            ({"taxonomy_term_id": shelter}, ["hidden"]),
            ({"taxonomy_term_id": legal, "search": "hidden"}, []),
            ({"taxonomy_id": str(TAXONOMY_ID)}, ["hidden", "open"]),
            ({"taxonomy_id": str(TAXONOMY_ID), "taxonomy_term_id": legal}, ["open"]),
            ({"taxonomy_id": str(uuid4())}, []),
            ({"taxonomy_id": str(SYSTEMS["sdoh-category"].id)}, ["hidden"]),
            ({"taxonomy_term_id": str(TERMS["legal-advice"].mappings[0].id)}, ["open"]),
            ({"modified_after": "2020-01-01T00:00:00Z"}, ["hidden", "open"]),
            ({"modified_after": "2999-01-01T00:00:00Z"}, []),
        ]
        for query, expected in cases:
            assert names(await ask(client, "/services", **base, **query)) == expected
            answer = await client.post(f"{ROOT}/services", json=base | query, headers=member_of(uuid4()))
            assert names(answer.raise_for_status().json()) == expected

    async def test_organizations_are_found_by_the_terms_of_their_services(
        self, client: httpx.AsyncClient, offered: dict[str, Any]
    ) -> None:
        for code, is_there in (("legal-advice", True), ("cash", False)):
            body = {"taxonomy_term_id": str(TERMS[code].id), "per_page": 200}
            answer = await client.post(f"{ROOT}/organizations", json=body, headers=member_of(uuid4()))
            ids = [item["id"] for item in answer.raise_for_status().json()["contents"]]
            assert (str(offered["owner"]) in ids) is is_there

    async def test_pages_say_where_they_are(self, client: httpx.AsyncClient, offered: dict[str, Any]) -> None:
        query = {"organization_id": str(offered["owner"]), "per_page": 1}
        pages = [await ask(client, "/services", **query, page=page) for page in (1, 2, 3)]
        assert [names(page) for page in pages] == [["hidden"], ["open"], []]
        assert [(page["first_page"], page["last_page"], page["empty"], page["size"]) for page in pages] == [
            (True, False, False, 1),
            (False, True, False, 1),
            (False, True, True, 0),
        ]
        assert {(page["total_items"], page["total_pages"]) for page in pages} == {(2, 2)}

    async def test_minimal_gives_id_and_time_only(self, client: httpx.AsyncClient, offered: dict[str, Any]) -> None:
        found = await ask(client, "/services", organization_id=str(offered["owner"]), minimal="true")
        assert [item.keys() for item in found["contents"]] == [{"id", "modified_date"}] * 2

    @pytest.mark.parametrize("query", [{"page": 0}, {"page": 1001}, {"per_page": 201}, {"proximity": 5}, {"nap": "x"}])
    async def test_what_is_not_served_is_refused_and_not_ignored(
        self, client: httpx.AsyncClient, query: dict[str, Any]
    ) -> None:
        answer = await client.get(f"{ROOT}/service_at_locations", params=query, headers=member_of(uuid4()))
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["parameter"] == next(iter(query))

    async def test_suspended_organization_is_not_served(self, client: httpx.AsyncClient) -> None:
        owner: UUID = await admit(client)
        service = await publish(client, owner)
        suspend = {"json": {"status": "suspended"}, "headers": coordinator() | {"If-Match": "*"}}
        (await client.patch(f"/directory/v1/organizations/{owner}", **suspend)).raise_for_status()
        assert (await ask(client, "/services", organization_id=str(owner)))["contents"] == []
        answer = await client.get(f"{ROOT}/services/{service['id']}", headers=member_of(uuid4()))
        assert answer.status_code == 404

    async def test_terms_are_filtered_by_parent_and_taxonomy(self, client: httpx.AsyncClient) -> None:
        below = await ask(client, "/taxonomy_terms", parent_id=str(TERMS["shelter"].id))
        assert [item["code"] for item in below["contents"]] == ["emergency-shelter"]
        top = await ask(client, "/taxonomy_terms", top_only="true", taxonomy_id=str(TAXONOMY_ID))
        assert {item["code"] for item in top["contents"]} == {code for code, term in TERMS.items() if not term.parent}


async def test_a_question_takes_no_key_and_the_document_says_so(client: httpx.AsyncClient) -> None:
    paths = (await client.get("/directory/v1/openapi.json")).json()["paths"]
    asked = [each["name"] for each in paths["/directory/hsds/services"]["post"].get("parameters", [])]
    changed = [each["name"] for each in paths["/directory/v1/services"]["post"]["parameters"]]
    assert ("Idempotency-Key" in asked, "Idempotency-Key" in changed) == (False, True)
