"""Feeds in and out: complete, idempotent, and every mistake named by file, line and field."""

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from paivand_directory.hsds_io import export
from paivand_directory.hsds_io.service import Outcome, import_feed
from paivand_directory.taxonomy.service import TERMS

from tests.factories.directory import admit, coordinator, key, locate, manager_of, member_of, publish
from tests.factories.memberships import activate

pytestmark = pytest.mark.integration


def said(label: str) -> dict[str, Any]:
    """An attribute, by which a test finds it again."""
    return {"id": str(uuid4()), "label": label, "taxonomy_term": {"id": str(uuid4()), "name": label} | D}


def a_feed() -> dict[str, Any]:
    """An organization as HSDS JSON nests it, with something in each list."""
    organization, service, location = str(uuid4()), str(uuid4()), str(uuid4())
    language = {"id": str(uuid4()), "code": "tg", "attributes": [said("language")]}
    phone = {"id": str(uuid4()), "number": "+992 44 600 77 88", "languages": [language]}
    return {
        "id": organization,
        "name": f"Feed {organization}",
        "description": "Came by import",
        "organization_identifiers": [{"id": str(uuid4()), "identifier_type": "register", "identifier": "77"}],
        "programs": [{"id": str(uuid4()), "name": "Return", "description": "d"}],
        "contacts": [{"id": str(uuid4()), "name": "Front desk", "phones": [phone]}],
        "services": [
            {
                "id": service,
                "name": "=1+1 legal clinic",
                "status": "active",
                "minimum_age": 18,
                "schedules": [{"id": str(uuid4()), "freq": "WEEKLY", "byday": "MO", "valid_from": "2026-01-01"}],
                "cost_options": [{"id": str(uuid4()), "amount": 5.5, "currency": "TJS", "attributes": [said("cost")]}],
                "capacities": [
                    {
                        "id": str(uuid4()),
                        "unit": {"id": str(uuid4()), "name": "Beds"},
                        "available": 2,
                        "maximum": 6,
                        "description": "Ward",
                        "updated": "2026-11-01T09:00:00+00:00",
                        "attributes": [said("capacity")],
                    }
                ],
                "service_areas": [{"id": str(uuid4()), "name": "Khatlon"}],
                "attributes": [
                    {"id": str(uuid4()), "taxonomy_term": {"id": str(TERMS["legal-advice"].id), "name": "x"} | D},
                    {"id": str(uuid4()), "taxonomy_term": {"id": str(uuid4()), "name": "Foreign term"} | D},
                ],
                "service_at_locations": [
                    {
                        "id": str(uuid4()),
                        "phones": [{"id": str(uuid4()), "number": "112"}],
                        "attributes": [said("place")],
                        "location": {
                            "id": location,
                            "location_type": "physical",
                            "latitude": 37.8,
                            "longitude": -68.8,
                            "addresses": [
                                {
                                    "id": str(uuid4()),
                                    "address_1": "12 Hidden Street",
                                    "city": "Bokhtar",
                                    "state_province": "Khatlon",
                                    "postal_code": "735140",
                                    "country": "TJ",
                                    "address_type": "physical",
                                }
                            ],
                        },
                    }
                ],
            }
        ],
    }


D = {"description": "d"}


@pytest.fixture
def load(app: FastAPI, tmp_path: Path) -> Any:
    """Imports a feed that is given as objects."""

    async def load(*items: Any, name: str = "feed.json", **options: Any) -> Outcome:
        path = tmp_path / name
        path.write_text(json.dumps(list(items)))
        return await import_feed(app.state.database, path, **options)

    return load


async def read(client: httpx.AsyncClient, organization_id: str, headers: dict[str, str] | None = None) -> Any:
    path = f"/directory/hsds/organizations/{organization_id}?full_service=true"
    answer = await client.get(path, headers=headers or coordinator())
    return answer.json() if answer.status_code == 200 else None


class TestImport:
    async def test_all_of_a_nested_organization_is_there(self, client: httpx.AsyncClient, load: Any) -> None:
        feed = a_feed()
        outcome = await load(feed)
        assert [str(fault) for fault in outcome.faults] == []
        found = await read(client, feed["id"], member_of(UUID(feed["id"])))
        service, sent = found["services"][0], feed["services"][0]
        for name in ("schedules", "cost_options", "service_areas"):
            plain = {field: value for field, value in sent[name][0].items() if field != "attributes"}
            assert service[name][0] | plain == service[name][0]
        assert {each["taxonomy_term"]["name"] for each in service["attributes"]} == {
            *("Legal advice", "Advocacy & Legal Aid", "Foreign term")
        }
        place = service["service_at_locations"][0]["location"]
        assert (place["addresses"][0]["address_1"], place["longitude"]) == ("12 Hidden Street", -68.8)
        assert found["contacts"][0]["phones"][0]["languages"][0]["code"] == "tg"
        figures = service["capacities"][0]
        assert (figures["unit"]["name"], figures["available"], figures["maximum"]) == ("bed", 2, 6)
        assert found["organization_identifiers"][0]["identifier"] == "77"

    async def test_imported_locations_are_redacted(self, client: httpx.AsyncClient, load: Any) -> None:
        feed = a_feed()
        await load(feed)
        told = await read(client, feed["id"])
        place = told["services"][0]["service_at_locations"][0]["location"]
        assert (place["is_redacted"], place["region"]) == (True, "Khatlon")
        assert "Hidden Street" not in json.dumps(told)
        assert '"112"' not in json.dumps(told)

    async def test_the_same_again_changes_nothing(self, client: httpx.AsyncClient, load: Any, outbox: Any) -> None:
        feed = a_feed()
        first, second = await load(feed), await load(feed)
        assert first.changed > 10
        assert (second.changed, second.faults) == (0, [])
        assert len(await outbox(feed["services"][0]["id"])) == len(await outbox(feed["id"])) == 1

    async def test_a_change_is_one_new_version_and_is_told(
        self, client: httpx.AsyncClient, load: Any, outbox: Any
    ) -> None:
        feed = a_feed()
        await load(feed)
        feed["services"][0]["name"] = "New name"
        assert (await load(feed)).changed == 1
        events = await outbox(feed["services"][0]["id"])
        assert [(event["data"]["name"], event["data"]["version"]) for event in events][1] == ("New name", 2)

    async def test_what_the_manager_opened_and_named_stays(self, client: httpx.AsyncClient, load: Any) -> None:
        feed = a_feed()
        await load(feed)
        headers = manager_of(UUID(feed["id"])) | {"If-Match": "*"}
        place = feed["services"][0]["service_at_locations"][0]["location"]
        body = {"is_redacted": False, "region": "Dushanbe"}
        (await client.patch(f"/directory/v1/locations/{place['id']}", json=body, headers=headers)).raise_for_status()
        terms = {"taxonomy_terms": ["cash"]}
        path = f"/directory/v1/services/{feed['services'][0]['id']}"
        (await client.patch(path, json=terms, headers=headers)).raise_for_status()
        del feed["services"][0]["attributes"], place["addresses"]
        await load(feed)
        found = (await read(client, feed["id"]))["services"][0]
        here = found["service_at_locations"][0]["location"]
        assert (here["is_redacted"], here["region"]) == (False, "Dushanbe")
        assert "Cash assistance" in [each["taxonomy_term"]["name"] for each in found["attributes"]]

    async def test_dry_run_reports_and_writes_nothing(self, client: httpx.AsyncClient, load: Any) -> None:
        feed = a_feed()
        outcome = await load(feed, dry_run=True)
        assert outcome.changed > 10
        assert await read(client, feed["id"]) is None

    async def test_ids_of_another_organization_are_refused(self, client: httpx.AsyncClient, load: Any) -> None:
        theirs, ours = a_feed(), a_feed()
        await load(theirs)
        before = await read(client, theirs["id"], member_of(UUID(theirs["id"])))
        ours["services"][0]["id"] = theirs["services"][0]["id"]
        ours["contacts"][0]["phones"][0]["id"] = theirs["contacts"][0]["phones"][0]["id"]
        outcome = await load(ours)
        assert [(fault.where, fault.rule) for fault in outcome.faults] == [
            ("/0/services/0", "foreign_id"),
            ("/0/contacts/0/phones/0", "foreign_id"),
        ]
        assert await read(client, theirs["id"], member_of(UUID(theirs["id"]))) == before
        found = await read(client, ours["id"])
        assert (found["services"], found["contacts"][0]["phones"]) == ([], [])

    async def test_one_organization_that_cannot_be_written_does_not_stop_the_next(
        self, client: httpx.AsyncClient, load: Any
    ) -> None:
        broken, whole = a_feed(), a_feed()
        again = broken["services"][0]["service_at_locations"][0] | {"id": str(uuid4())}
        broken["services"][0]["service_at_locations"].append(again)
        outcome = await load(broken, whole)
        assert [fault.rule for fault in outcome.faults] == ["uq_service_at_locations_service_id_location_id"]
        assert await read(client, broken["id"]) is None
        assert (await read(client, whole["id"]))["services"]


class TestCapacity:
    async def shown(self, client: httpx.AsyncClient, feed: dict[str, Any]) -> list[Any]:
        [figures] = (await read(client, feed["id"]))["services"][0]["capacities"]
        return [figures[name] for name in ("available", "maximum", "updated")]

    async def test_a_newer_count_is_taken_over_and_an_older_one_is_not(
        self, client: httpx.AsyncClient, load: Any
    ) -> None:
        feed = a_feed()
        await load(feed)
        capacity = feed["services"][0]["capacities"][0]
        later = capacity | {"available": 3, "updated": "2026-11-02T09:00:00+00:00"}
        feed["services"][0]["capacities"] = [later]
        assert (await load(feed)).changed == 1
        assert await self.shown(client, feed) == [3, 6, "2026-11-02T09:00:00+00:00"]
        feed["services"][0]["capacities"] = [capacity]
        assert (await load(feed)).changed == 0
        assert await self.shown(client, feed) == [3, 6, "2026-11-02T09:00:00+00:00"]

    async def test_nothing_is_taken_from_whom_it_was_promised(self, client: httpx.AsyncClient, load: Any) -> None:
        feed = a_feed()
        await activate_imported(client, load, feed)
        capacity = feed["services"][0]["capacities"][0]
        headers = manager_of(UUID(feed["id"]))
        hold = f"/directory/v1/capacities/{capacity['id']}/holds/{uuid4()}"
        until = (datetime.now(UTC) + timedelta(minutes=10)).isoformat()
        placed = await client.put(hold, json={"quantity": 2, "until": until}, headers=headers)
        assert placed.status_code == 201, placed.text
        capacity |= {"available": 6, "updated": datetime.now(UTC).isoformat()}
        outcome = await load(feed)
        assert [(fault.where, fault.field, fault.rule) for fault in outcome.faults] == [
            ("/0/services/0/capacities/0", "available", "above_maximum")
        ]
        assert (await self.shown(client, feed))[:2] == [0, 6]

    @pytest.mark.parametrize(
        ("change", "fault"),
        [
            ({"unit": {"id": "b7e02b79-5ff1-4d4d-a1d6-a1e0f7bc4e5a", "name": "Tonnes"}}, ("unit_id", "unknown_unit")),
            ({"available": 7}, ("available", "above_maximum")),
            ({"available": -1}, ("available", "greater_than_equal")),
            ({"updated": "yesterday"}, ("updated", "datetime_from_date_parsing")),
            ({"unit": None}, ("unit_id", "missing")),
        ],
    )
    async def test_mistakes_are_named(
        self, client: httpx.AsyncClient, load: Any, change: dict[str, Any], fault: tuple[str, str]
    ) -> None:
        feed = a_feed()
        feed["services"][0]["capacities"][0] |= change
        del feed["services"][0]["capacities"][0]["attributes"]
        outcome = await load(feed)
        assert [(each.field, each.rule) for each in outcome.faults] == [fault]
        assert (await read(client, feed["id"]))["services"][0]["capacities"] == []

    async def test_two_of_one_name_are_one_too_many(self, client: httpx.AsyncClient, load: Any) -> None:
        feed = a_feed()
        capacities = feed["services"][0]["capacities"]
        capacities.append({**capacities[0], "id": str(uuid4()), "attributes": []})
        outcome = await load(feed)
        assert [(fault.where, fault.rule) for fault in outcome.faults] == [("/0/services/0/capacities/1", "duplicate")]


async def test_attributes_are_kept_of_everything_that_may_have_them(client: httpx.AsyncClient, load: Any) -> None:
    feed = a_feed()
    await load(feed)
    own = json.dumps(await read(client, feed["id"], member_of(UUID(feed["id"]))))
    others = json.dumps(await read(client, feed["id"]))
    for label in ("cost", "capacity", "language"):
        assert f'"label": "{label}"' in own
        assert f'"label": "{label}"' in others
    # What is said of a redacted place could give it away.
    assert '"label": "place"' in own
    assert '"label": "place"' not in others


async def activate_imported(client: httpx.AsyncClient, load: Any, feed: dict[str, Any]) -> None:
    """Imports an organization and lets it in."""
    await load(feed)
    await activate(client, organization_id=feed["id"])


class TestVetting:
    """Whoever is new by import has applied, no more."""

    async def found(self, client: httpx.AsyncClient, feed: dict[str, Any]) -> list[bool]:
        """Whether a member finds the organization, its service, and the service as a match."""
        member, service = member_of(uuid4()), feed["services"][0]["id"]
        paths = [f"/directory/v1/organizations/{feed['id']}", f"/directory/v1/services/{service}"]
        seen = [(await client.get(path, headers=member)).status_code == 200 for path in paths]
        wish = {"need": "legal-advice", "profile": {"area": f"X-{service}"}, "limit": 50}
        answer = (await client.post("/directory/v1/match", json=wish, headers=member)).raise_for_status().json()
        return [*seen, service in [each["service_id"] for each in answer["matches"]]]

    async def test_nothing_of_it_is_found_until_two_coordinators_let_it_in(
        self, client: httpx.AsyncClient, load: Any
    ) -> None:
        feed = a_feed()
        await load(feed)
        service, headers = feed["services"][0]["id"], manager_of(UUID(feed["id"])) | {"If-Match": "*"}
        here = {"attribute": "area", "operator": "any-of", "codes": [f"X-{service}"]}
        path = f"/directory/v1/services/{service}/eligibility"
        (await client.put(path, json={"criteria": [here]}, headers=headers)).raise_for_status()
        assert await self.found(client, feed) == [False, False, False]
        await activate(client, organization_id=feed["id"])
        assert await self.found(client, feed) == [True, True, True]
        await load(feed)
        assert await self.found(client, feed) == [True, True, True]

    async def test_one_coordinator_alone_cannot_let_it_in(self, client: httpx.AsyncClient, load: Any) -> None:
        feed = a_feed()
        await load(feed)
        path, headers = f"/directory/v1/organizations/{feed['id']}", coordinator() | {"If-Match": "*"}
        assert (await client.patch(path, json={"status": "active"}, headers=headers)).status_code == 409
        whole = {"name": feed["name"], "description": feed["description"], "status": "active"}
        assert (await client.put(path, json=whole, headers=headers)).status_code == 409


class TestMistakes:
    async def test_every_bad_row_is_named_and_the_rest_comes_in(
        self, client: httpx.AsyncClient, app: FastAPI, tmp_path: Path
    ) -> None:
        owner, good, bad = uuid4(), uuid4(), uuid4()
        (tmp_path / "organizations.csv").write_text(f"id,name,description\n{owner},Feed {owner},d\n,x,y\n")
        (tmp_path / "services.csv").write_bytes(
            b"\xef\xbb\xbfid,organization_id,name,status,minimum_age,maximum_age,url\n"
            + f"{good},{owner},Good,active,18,,\n".encode()
            + f"{bad},{owner},Bad,open,-1,,www.example.org\n".encode()
            + f"{uuid4()},{owner},Ages,active,40,20,\n".encode()
            + f"{uuid4()},{owner},".encode()
            + b"\xcf\xf0\xe8\xfe\xf2,active,,,\n"
            + f"{uuid4()},{uuid4()},Stray,active,,,\n".encode()
            + f"{good},{owner},Twice,active,,,\n".encode()
            + f"{uuid4()},{owner},Wide,active,,,,,more\n".encode()
        )
        (tmp_path / "phones.csv").write_text(f"id,service_id,number\n{uuid4()},{bad},112\n{uuid4()},,112\n")
        outcome = await import_feed(app.state.database, tmp_path)
        assert [(fault.file, fault.where, fault.field, fault.rule) for fault in outcome.faults] == [
            ("organizations.csv", "3", "id", "missing"),
            ("services.csv", "3", "url", "string_pattern_mismatch"),
            ("services.csv", "3", "status", "literal_error"),
            ("services.csv", "3", "minimum_age", "greater_than_equal"),
            ("services.csv", "4", "maximum_age", "order"),
            ("services.csv", "5", "name", "encoding"),
            ("services.csv", "6", "organization_id", "unknown_reference"),
            ("services.csv", "7", "id", "duplicate"),
            ("services.csv", "8", "", "columns"),
            ("phones.csv", "2", "service_id", "unknown_reference"),
            ("phones.csv", "3", "location_id", "missing"),
        ]
        assert [item["name"] for item in (await read(client, str(owner)))["services"]] == ["Good"]

    @pytest.mark.parametrize(
        ("name", "text", "where", "rule"),
        [
            ("feed.json", "[{", "", "json"),
            ("feed.json", "nonsense", "", "json"),
            ("feed.json", "[7]", "/0", "missing"),
            ("feed.ndjson", "\n{]\n", "2", "json"),
        ],
    )
    async def test_what_is_no_json_is_said(
        self, app: FastAPI, tmp_path: Path, name: str, text: str, where: str, rule: str
    ) -> None:
        (tmp_path / name).write_text(text)
        outcome = await import_feed(app.state.database, tmp_path / name)
        assert (outcome.faults[0].where, outcome.faults[0].rule) == (where, rule)
        assert outcome.changed == 0


def tables_in(folder: Path) -> dict[str, list[list[str]]]:
    """The rows of each CSV file."""
    return {file.name: list(csv.reader(file.read_text().splitlines(keepends=True))) for file in folder.glob("*.csv")}


class TestExport:
    @pytest.fixture
    async def kept(self, client: httpx.AsyncClient) -> UUID:
        """An organization with a service at a redacted location, kept by HTTP."""
        owner = await admit(client, name="=cmd|' /C calc'!A0")
        service = await publish(client, owner, name="+shelter", minimum_age=18)
        place = await locate(client, owner, longitude=-68.7)
        body = {"service_id": service["id"], "location_id": place["id"]}
        path = "/directory/v1/service_at_locations"
        (await client.post(path, json=body, headers=manager_of(owner) | key())).raise_for_status()
        beds = {"unit": "bed", "name": "Ward", "maximum": 4, "available": 1}
        path = f"/directory/v1/services/{service['id']}/capacities"
        (await client.post(path, json=beds, headers=manager_of(owner) | key())).raise_for_status()
        return owner

    async def test_tables_have_no_formulas_and_come_back_as_they_were(
        self, client: httpx.AsyncClient, app: FastAPI, tmp_path: Path, kept: UUID
    ) -> None:
        await export.to_tables(app.state.database, tmp_path, with_redacted=True)
        tables = tables_in(tmp_path)
        cells = [cell for rows in tables.values() for row in rows for cell in row]
        texts = [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
        assert [cell for cell in texts if not cell.lstrip("-").replace(".", "").isdigit()] == []
        assert "'=cmd|' /C calc'!A0" in cells
        assert "Ward" in [row[-2] for row in tables["service_capacity.csv"]]
        assert "bed" in [row[0] for row in tables["units.csv"]]
        package = json.loads((tmp_path / "datapackage.json").read_text())
        assert {each["path"] for each in package["resources"]} == tables.keys()
        before = await read(client, str(kept), member_of(kept))
        outcome = await import_feed(app.state.database, tmp_path)
        assert ([str(fault) for fault in outcome.faults], outcome.changed) == ([], 0)
        assert await read(client, str(kept), member_of(kept)) == before

    async def test_json_comes_back_as_it_was(
        self, client: httpx.AsyncClient, app: FastAPI, tmp_path: Path, kept: UUID
    ) -> None:
        path = tmp_path / "all.json"
        with path.open("w") as file:
            await export.to_json(app.state.database, file, with_redacted=True)
        outcome = await import_feed(app.state.database, path)
        assert ([str(fault) for fault in outcome.faults], outcome.changed) == ([], 0)

    async def test_an_export_without_confidential_places_does_not_wipe_them_when_it_is_read_back(
        self, client: httpx.AsyncClient, app: FastAPI, tmp_path: Path, kept: UUID
    ) -> None:
        before = await read(client, str(kept), member_of(kept))
        path = tmp_path / "all.json"
        with path.open("w") as file:
            await export.to_json(app.state.database, file, with_redacted=False)
        outcome = await import_feed(app.state.database, path)
        assert ([str(fault) for fault in outcome.faults], outcome.changed) == ([], 0)
        after = await read(client, str(kept), member_of(kept))
        assert after == before
        assert after["locations"][0]["latitude"] == 37.8361

    async def test_confidential_places_leave_only_when_asked_for(
        self, app: FastAPI, tmp_path: Path, kept: UUID
    ) -> None:
        told: list[Any] = []
        for with_redacted in (False, True):
            path = tmp_path / f"{with_redacted}.json"
            with path.open("w") as file:
                await export.to_json(app.state.database, file, with_redacted=with_redacted)
            told += [each for each in json.loads(path.read_text()) if each["id"] == str(kept)]
        assert "Hidden Street" not in json.dumps(told[0])
        assert "Hidden Street" in json.dumps(told[1])


async def test_coordinators_see_imported_organizations(client: httpx.AsyncClient, load: Any) -> None:
    feed = a_feed()
    await load(feed)
    answer = await client.get(f"/directory/v1/organizations/{feed['id']}", headers=coordinator())
    assert (answer.status_code, answer.json()["status"]) == (200, "applied")
