"""Search as people type: three languages, two keyboards, mistakes. Each test has words of its own."""

import secrets
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from paivand_directory.search.jobs import learn_words
from sqlalchemy import text

from tests.factories.directory import admit, coordinator, manager_of, member_of, publish

pytestmark = pytest.mark.integration
PATH = "/directory/v1/services"


def a_word() -> str:
    """Eight letters that occur nowhere else."""
    return "".join(secrets.choice("bcdfgklmnprstvz") + secrets.choice("aeiou") for _ in range(5))


async def found(client: httpx.AsyncClient, typed: str, **fields: Any) -> list[tuple[str, bool]]:
    """Names in the order of the answer, and whether the words are exact."""
    answer = await client.post(f"{PATH}/search", json={"text": typed, **fields}, headers=member_of(uuid4()))
    assert answer.status_code == 200, answer.text
    return [(each["service"]["name"], each["is_exact"]) for each in answer.json()["items"]]


@pytest.fixture
async def organization_id(client: httpx.AsyncClient) -> UUID:
    return await admit(client)


@pytest.mark.parametrize(
    ("published", "typed"),
    [
        ("{mark} Убежище для женщин", "{mark} убежыще"),
        ("{mark} Убежище для женщин", "{mark} убежища женшин"),
        ("{mark} Кризисный центр", "{mark} кризистный центер"),
        ("{mark} Паноҳгоҳи бехатар", "{mark} панохгохи"),
        ("{mark} Паноҳгоҳи бехатар", "{mark} понохгох"),
        ("{mark} Паноҳгоҳи бехатар", "{mark} ПАНОҲГОҲ"),
        ("{mark} Ҳимояи ҳуқуқ", "{mark} химояи хукук"),
        ("{mark} Ғизо ва ҷои хоб", "{mark} гизо чои"),
        ("{mark} Қӯмаки фаврӣ", "{mark} кумаки фаври"),
        ("{mark} Кумаки таъҷили", "{mark} кӯмаки тачили"),
        ("{mark} Ещё один приют", "{mark} еще приют"),
        ("{mark} Emergency housing", "{mark} emergancy housng"),
        ("{mark} Room 3e5abc", "{mark} 3e5abc"),
        ("{mark} Émigré café", "{mark} emigre cafe"),
    ],
)
async def test_it_is_found_as_it_is_typed(
    client: httpx.AsyncClient, organization_id: UUID, published: str, typed: str
) -> None:
    mark = a_word()
    await publish(client, organization_id, name=published.format(mark=mark))
    assert [name for name, _ in await found(client, typed.format(mark=mark))] == [published.format(mark=mark)]


async def test_a_need_is_found_by_its_name_in_every_language(client: httpx.AsyncClient, organization_id: UUID) -> None:
    mark = a_word()
    await publish(client, organization_id, name=mark, taxonomy_terms=["emergency-shelter"])
    for typed in ("emergency shelter", "экстренное убежище", "паноҳгоҳи таъҷилӣ", "панохгохи тачили", "emergancy"):
        assert await found(client, f"{mark} {typed}") == [(mark, False)], typed
    assert await found(client, f"{mark} employment") == []


async def test_exact_words_come_first_and_names_before_texts(client: httpx.AsyncClient, organization_id: UUID) -> None:
    mark, word = a_word(), a_word()
    mistyped = word[:-1]
    await publish(client, organization_id, name=f"{mark} c", description=word)
    await publish(client, organization_id, name=f"{mark} b {word}")
    await publish(client, organization_id, name=f"{mark} a {word[:-2] + 'xy'}")
    names = await found(client, f"{mark} {word}")
    assert names == [(f"{mark} b {word}", True), (f"{mark} c", True), (f"{mark} a {word[:-2]}xy", False)]
    assert (await found(client, f"{mark} {mistyped}"))[0][1]


async def test_conditions_narrow_and_the_limit_is_honest(client: httpx.AsyncClient, organization_id: UUID) -> None:
    mark, other = a_word(), await admit(client)
    await publish(client, organization_id, name=f"{mark} one", taxonomy_terms=["cash"])
    await publish(client, organization_id, name=f"{mark} two", status="inactive")
    await publish(client, other, name=f"{mark} three")

    async def names(**fields: Any) -> set[str]:
        return {name.split()[1] for name, _ in await found(client, mark, **fields)}

    assert await names() == {"one", "two", "three"}
    assert await names(taxonomy_term="cash") == {"one"}
    assert await names(status="active") == {"one", "three"}
    assert await names(organization_id=str(other)) == {"three"}
    for limit, is_complete in ((2, False), (3, True)):
        body = {"text": mark, "limit": limit}
        answer = (await client.post(f"{PATH}/search", json=body, headers=member_of(other))).json()
        assert (len(answer["items"]), answer["is_complete"]) == (limit, is_complete)


async def test_suspended_organizations_are_found_by_coordinators_only(
    client: httpx.AsyncClient, organization_id: UUID
) -> None:
    mark = a_word()
    await publish(client, organization_id, name=mark)
    path = f"/directory/v1/organizations/{organization_id}"
    suspend = {"json": {"status": "suspended"}, "headers": coordinator() | {"If-Match": "*"}}
    (await client.patch(path, **suspend)).raise_for_status()
    assert await found(client, mark) == []
    for headers in (coordinator(), manager_of(organization_id)):
        answer = await client.post(f"{PATH}/search", json={"text": mark}, headers=headers)
        assert len(answer.json()["items"]) == 1


async def test_lists_and_hsds_forgive_too(client: httpx.AsyncClient) -> None:
    mark = a_word()
    organization_id = await admit(client, name=f"{mark} Ҳимоя")
    await publish(client, organization_id, name=f"{mark} Ҳимоя")
    headers = member_of(organization_id)
    for path in (PATH, "/directory/v1/organizations"):
        page = (await client.get(path, params={"text": f"{mark} химоя"}, headers=headers)).json()
        assert [each["name"] for each in page["items"]] == [f"{mark} Ҳимоя"]
    for path in ("services", "organizations"):
        answer = await client.post(f"/directory/hsds/{path}", json={"search": f"{mark} химоя"}, headers=headers)
        assert [each["name"] for each in answer.json()["contents"]] == [f"{mark} Ҳимоя"]


async def test_words_that_triggers_left_out_are_learned_later(
    client: httpx.AsyncClient, app: FastAPI, organization_id: UUID
) -> None:
    mark, word = a_word(), a_word()
    database, lock = app.state.database, text("SELECT pg_advisory_xact_lock(hashtext('search_words'))")
    async with database.transaction() as session:
        await session.execute(lock)
        await publish(client, organization_id, name=f"{mark} {word}")
    mistyped = f"{word[:4]}q{word[4:]}"
    assert await found(client, f"{mark} {mistyped}") == []
    await learn_words(database)
    assert await found(client, f"{mark} {mistyped}") == [(f"{mark} {word}", False)]


@pytest.mark.parametrize(
    ("body", "pointer", "rule"),
    [
        ({}, "/text", "missing"),
        ({"text": ""}, "/text", "string_too_short"),
        ({"text": "x" * 201}, "/text", "string_too_long"),
        ({"text": "x\x00"}, "/text", "string_pattern_mismatch"),
        ({"text": "x", "limit": 51}, "/limit", "less_than_equal"),
        ({"text": "x", "page": 2}, "/page", "extra_forbidden"),
    ],
)
async def test_fault_names_field_and_rule(
    client: httpx.AsyncClient, body: dict[str, Any], pointer: str, rule: str
) -> None:
    answer = await client.post(f"{PATH}/search", json=body, headers=member_of(uuid4()))
    assert answer.status_code == 422
    assert [(fault["pointer"], fault["rule"]) for fault in answer.json()["errors"]] == [(pointer, rule)]


async def test_signs_alone_find_nothing_and_anonymous_is_refused(client: httpx.AsyncClient) -> None:
    assert await found(client, "' | & ! :* (\\") == []
    assert (await client.post(f"{PATH}/search", json={"text": "x"})).status_code == 401
