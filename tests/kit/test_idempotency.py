"""A POST that is sent again: one effect, one answer."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any
from uuid import uuid4

import httpx
import pytest
from fastapi import APIRouter, Depends, Response
from paivand_contracts.codes import Role
from paivand_contracts.problems import ProblemType
from paivand_kit.caller import Caller, Requires
from paivand_kit.database import Database, Session
from paivand_kit.idempotency import IdempotentRoute, forget_old_keys
from paivand_kit.inputs import Input, Line
from paivand_kit.problems import ProblemError
from paivand_kit.service import Service
from paivand_kit.settings import ServiceSettings
from paivand_local.testing import PostgresServer
from pydantic import BaseModel
from sqlalchemy import text

from tests.factories.tokens import bearer, verifier
from tests.kit.conftest import effects

pytestmark = pytest.mark.integration
Anybody = Annotated[Caller, Depends(Requires("test:thing:make", {Role.MEMBER}, member_only=False))]
router = APIRouter(prefix="/directory/v1/things", route_class=IdempotentRoute)
PATH = "/directory/v1/things"


class ThingCreate(Input):
    subject: Line
    body: Line = "x"
    is_refused: bool = False
    is_broken: bool = False


class Thing(BaseModel):
    place: int
    number: float
    name: str | None


@router.post("", response_model=Thing, status_code=201)
async def make_thing(body: ThingCreate, session: Session, caller: Anybody, response: Response) -> dict[str, Any]:
    """Leaves one row, unless refused; a broken one fails at commit."""
    statement = text("INSERT INTO effects (subject, body, refused) VALUES (:subject, :body, :refused) RETURNING place")
    values = {"subject": body.subject, "body": body.body, "refused": 1 if body.is_broken else 0}
    place = await session.scalar(statement, values)
    if body.is_refused:
        raise ProblemError(ProblemType.CONFLICT, "Refused, because it was asked for.")
    response.headers["ETag"] = '"1"'
    response.headers["Location"] = f"{PATH}/{place}"
    return {"place": place, "number": 1.0, "name": "Меҳр"}


@pytest.fixture
async def client(settings: Callable[[str], ServiceSettings]) -> AsyncIterator[httpx.AsyncClient]:
    service = Service("directory", settings("directory"), verifier())
    app = service.application(title="Things", description="", routers=[router], jobs=list)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://things") as client:
            yield client


@pytest.fixture
def headers() -> dict[str, str]:
    """Those of one person with one intent."""
    return bearer(subject=str(uuid4())) | {"Idempotency-Key": str(uuid4())}


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("urn:paivand:problem:")


async def test_twenty_at_once_have_one_effect_and_equal_answers(
    client: httpx.AsyncClient, database: Database, headers: dict[str, str], subject: str
) -> None:
    body = {"subject": subject}
    answers = await asyncio.gather(*(client.post(PATH, json=body, headers=headers) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len({(answer.headers["etag"], answer.headers["location"]) for answer in answers}) == 1
    assert sum("idempotent-replayed" in answer.headers for answer in answers) == 19
    assert await effects(database, subject) == ["x"]


async def test_later_repeat_gets_the_first_answer(
    client: httpx.AsyncClient, database: Database, headers: dict[str, str], subject: str
) -> None:
    first = await client.post(PATH, json={"subject": subject}, headers=headers)
    second = await client.post(PATH, json={"subject": subject}, headers=headers)
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second.headers["content-type"] == first.headers["content-type"]
    assert await effects(database, subject) == ["x"]


async def test_same_key_for_another_body_is_refused(
    client: httpx.AsyncClient, database: Database, headers: dict[str, str], subject: str
) -> None:
    await client.post(PATH, json={"subject": subject}, headers=headers)
    answer = await client.post(PATH, json={"subject": subject, "body": "y"}, headers=headers)
    assert problem(answer) == (422, "idempotency-key-reused")
    assert await effects(database, subject) == ["x"]


async def test_who_has_changed_organizations_gets_no_answer_of_the_former_one(
    client: httpx.AsyncClient, database: Database, subject: str
) -> None:
    person, key = str(uuid4()), {"Idempotency-Key": str(uuid4())}
    before, after = (bearer(subject=person, organization_id=uuid4()) | key for _ in range(2))
    assert (await client.post(PATH, json={"subject": subject}, headers=before)).status_code == 201
    answer = await client.post(PATH, json={"subject": subject}, headers=after)
    assert problem(answer) == (422, "idempotency-key-reused")
    assert await effects(database, subject) == ["x"]


async def test_same_key_of_another_person_is_another_key(
    client: httpx.AsyncClient, database: Database, headers: dict[str, str], subject: str
) -> None:
    other = headers | bearer(subject=str(uuid4()))
    for sender in (headers, other):
        assert (await client.post(PATH, json={"subject": subject}, headers=sender)).status_code == 201
    assert await effects(database, subject) == ["x", "x"]


async def test_refusal_does_not_use_up_the_key(
    client: httpx.AsyncClient, database: Database, headers: dict[str, str], subject: str
) -> None:
    refused = await client.post(PATH, json={"subject": subject, "is_refused": True}, headers=headers)
    assert problem(refused) == (409, "conflict")
    invalid = await client.post(PATH, json={"subject": ""}, headers=headers)
    assert problem(invalid) == (422, "invalid")
    assert await effects(database, subject) == []
    assert (await client.post(PATH, json={"subject": subject}, headers=headers)).status_code == 201


async def test_failed_commit_never_answers_that_it_was_done(
    client: httpx.AsyncClient, database: Database, headers: dict[str, str], subject: str
) -> None:
    answer = await client.post(PATH, json={"subject": subject, "is_broken": True}, headers=headers)
    assert problem(answer) == (500, "internal")
    assert subject not in answer.text
    assert await effects(database, subject) == []
    assert (await client.post(PATH, json={"subject": subject}, headers=headers)).status_code == 201


async def test_lost_database_is_said_so(
    client: httpx.AsyncClient, kit_postgres: PostgresServer, headers: dict[str, str], subject: str
) -> None:
    first = await client.post(PATH, json={"subject": subject}, headers=headers)
    assert first.status_code == 201
    cutter = Database(kit_postgres.url("directory"))
    async with cutter.engine.connect() as connection:
        others = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = user"
        )
        await connection.execute(text(others))
    await cutter.close()
    answers = [await client.post(PATH, json={"subject": subject}, headers=headers) for _ in range(12)]
    # One may meet a dead connection; it says that it can be tried again. In the end the first answer comes again.
    assert {answer.status_code for answer in answers} <= {201, 503}
    assert all(answer.headers["retry-after"] for answer in answers if answer.status_code == 503)
    assert answers[-1].content == first.content


@pytest.mark.parametrize("key", [None, "", "two words", "x" * 201, "Ключ".encode()])
async def test_key_must_be_there_and_printable(
    client: httpx.AsyncClient, subject: str, key: str | bytes | None
) -> None:
    headers: dict[str, Any] = bearer() | ({} if key is None else {"Idempotency-Key": key})
    answer = await client.post(PATH, json={"subject": subject}, headers=headers)
    assert problem(answer) == (400, "idempotency-key-required")


async def test_anonymous_cannot_ask_for_anybodys_answer(
    client: httpx.AsyncClient, headers: dict[str, str], subject: str
) -> None:
    await client.post(PATH, json={"subject": subject}, headers=headers)
    key = {"Idempotency-Key": headers["Idempotency-Key"]}
    assert problem(await client.post(PATH, json={"subject": subject}, headers=key)) == (401, "unauthenticated")


async def test_keys_are_forgotten_after_a_day(
    client: httpx.AsyncClient, database: Database, kit_postgres: PostgresServer, subject: str
) -> None:
    person = {"subject": str(uuid4())}
    await client.post(PATH, json={"subject": subject}, headers=bearer(**person) | {"Idempotency-Key": "once"})
    count = text("SELECT count(*) FROM idempotency_keys WHERE subject = :subject")
    owner = Database(kit_postgres.owner_url("directory"))
    async with owner.transaction() as session:
        assert await session.scalar(count, person) == 1
        age = text("UPDATE idempotency_keys SET created_at = now() - interval '25 hours' WHERE subject = :subject")
        await session.execute(age, person)
    await owner.close()
    await forget_old_keys(database)
    async with database.transaction() as session:
        assert await session.scalar(count, person) == 0


async def test_neither_the_key_nor_the_answer_stands_in_the_table(
    client: httpx.AsyncClient, database: Database, subject: str
) -> None:
    person, key = str(uuid4()), f"key-{uuid4()}"
    answer = await client.post(
        PATH, json={"subject": subject}, headers=bearer(subject=person) | {"Idempotency-Key": key}
    )
    async with database.transaction() as session:
        query = text("SELECT t::text FROM idempotency_keys t WHERE subject = :subject")
        row = (await session.scalars(query, {"subject": person})).one()
    assert answer.json()["name"] == "Меҳр"
    assert person in row
    for hidden in (key, "Меҳр", "name"):
        assert hidden not in row
        # The sealed column as text is hexadecimal.
        assert hidden.encode().hex() not in row


async def test_answer_that_was_moved_to_another_request_is_not_told(
    client: httpx.AsyncClient, kit_postgres: PostgresServer, subject: str
) -> None:
    """Who can write to the table cannot make one caller read what another one got."""
    mine, yours = (bearer(subject=person) | {"Idempotency-Key": "one"} for person in ("mine-" + subject, subject))
    for headers in (mine, yours):
        assert (await client.post(PATH, json={"subject": subject}, headers=headers)).status_code == 201
    owner = Database(kit_postgres.owner_url("directory"))
    async with owner.transaction() as session:
        move = (
            "UPDATE idempotency_keys SET sealed = (SELECT sealed FROM idempotency_keys WHERE subject = :other)"
            " WHERE subject = :subject"
        )
        await session.execute(text(move), {"subject": subject, "other": "mine-" + subject})
    await owner.close()
    assert problem(await client.post(PATH, json={"subject": subject}, headers=yours)) == (500, "internal")
