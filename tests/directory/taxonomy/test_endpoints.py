"""The taxonomy over HTTP."""

from uuid import uuid4

import httpx
import pytest
from paivand_directory.taxonomy.service import TERMS

from tests.factories.directory import member_of

pytestmark = pytest.mark.integration
PATH = "/directory/v1/taxonomy_terms"


async def test_members_page_through_all_terms(client: httpx.AsyncClient) -> None:
    codes: list[str] = []
    path: str | None = f"{PATH}?limit=5"
    while path:
        answer = (await client.get(path, headers=member_of(uuid4()))).raise_for_status()
        codes += [item["code"] for item in answer.json()["items"]]
        path = answer.links["next"]["url"] if "next" in answer.links else None
    assert codes == sorted(TERMS)


async def test_parent_is_named_by_id(client: httpx.AsyncClient) -> None:
    items = (await client.get(PATH, headers=member_of(uuid4()))).json()["items"]
    by_code = {item["code"]: item for item in items}
    assert by_code["emergency-shelter"]["parent_id"] == by_code["shelter"]["id"]
    assert by_code["shelter"]["names"]["tg"] == "Паноҳгоҳ"


async def test_what_others_call_it_is_said(client: httpx.AsyncClient) -> None:
    items = (await client.get(PATH, headers=member_of(uuid4()))).json()["items"]
    [beds] = [item for item in items if item["code"] == "emergency-shelter"]
    assert {
        "system": "https://github.com/auntbertha/openeligibility",
        "code": "human_services:housing:emergency_shelter",
        "display": "Emergency Shelter",
        "relationship": "equivalent",
    } in beds["mappings"]


async def test_anonymous_is_refused(client: httpx.AsyncClient) -> None:
    assert (await client.get(PATH)).status_code == 401
