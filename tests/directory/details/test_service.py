"""Details are read and replaced as whole lists, at any depth."""

from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from paivand_directory.details import service as details

from tests.factories.directory import admit, locate

pytestmark = pytest.mark.integration


async def test_details_of_many_parents_are_read_with_one_query_per_table(
    client: httpx.AsyncClient, app: FastAPI
) -> None:
    organization_id = await admit(client)
    made = [await locate(client, organization_id) for _ in range(5)]
    ids = [UUID(each["id"]) for each in made]
    async with app.state.database.transaction() as session:
        found = await details.read(session, details.OF_LOCATION, "location_id", ids)
    for each in made:
        lists = found[UUID(each["id"])]
        assert [str(row["id"]) for row in lists["addresses"]] == [row["id"] for row in each["addresses"]]
        assert [row["code"] for row in lists["phones"][0]["languages"]] == ["tg", "ru"]
        assert lists["contacts"][0]["phones"][0]["number"] == "+992 44 600 33 44"
        assert lists["languages"] == []


async def test_lists_that_are_not_named_stay(client: httpx.AsyncClient, app: FastAPI) -> None:
    location_id = UUID((await locate(client, await admit(client)))["id"])
    async with app.state.database.transaction() as session:
        kinds = details.OF_LOCATION
        await details.replace(session, kinds, "location_id", location_id, {"phones": [], "languages": [{"code": "fa"}]})
        found = (await details.read(session, kinds, "location_id", [location_id]))[location_id]
    assert (found["phones"], [row["code"] for row in found["languages"]]) == ([], ["fa"])
    assert len(found["addresses"]) == len(found["contacts"]) == 1
