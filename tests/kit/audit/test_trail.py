"""Every change leaves an entry, in its own transaction, and nobody can forget it."""

from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import APIRouter, Depends, Response
from paivand_contracts.codes import Role
from paivand_contracts.problems import ProblemType
from paivand_kit.audit import trail as audit
from paivand_kit.caller import Caller, Requires
from paivand_kit.database import Database, Session
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.problems import ProblemError
from paivand_kit.service import Service
from paivand_kit.settings import ServiceSettings
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from tests.factories.tokens import bearer, verifier

pytestmark = pytest.mark.integration
Anybody = Annotated[Caller, Depends(Requires("test:thing:make", {Role.MEMBER}, member_only=False))]
Reader = Annotated[Caller, Depends(Requires("test:thing:read", {Role.MEMBER}, member_only=False))]
Looker = Annotated[Caller, Depends(Requires("test:secret:read", {Role.MEMBER}, member_only=False, audited=True))]
ROOT = "/directory/v1/things"
router = APIRouter(prefix=ROOT, route_class=IdempotentRoute)


@router.post("", status_code=201)
async def make_thing(session: Session, caller: Anybody, response: Response) -> dict[str, str]:
    thing_id = uuid4()
    response.headers["Location"] = f"{ROOT}/{thing_id}"
    return {"id": str(thing_id)}


@router.post("/{thing_id}/stop")
async def stop_thing(thing_id: UUID, session: Session, caller: Anybody, case_id: UUID | None = None) -> None:
    audit.note(session, case_id=case_id)
    if case_id is None:
        raise ProblemError(ProblemType.CONFLICT, "Refused, because it was asked for.")


@router.put("/{thing_id}")
async def put_thing(thing_id: UUID, session: Session, caller: Anybody) -> None:
    await audit.record(session, caller, "count", "counters", thing_id)


@router.delete("/{thing_id}", status_code=204)
async def delete_thing(thing_id: UUID, session: Session, caller: Anybody) -> None: ...


@router.get("/{thing_id}")
async def read_thing(thing_id: UUID, session: Session, caller: Reader) -> None: ...


@router.get("/{thing_id}/secret")
async def read_secret(thing_id: UUID, session: Session, caller: Looker) -> None: ...


@pytest.fixture
async def client(settings: Callable[[str], ServiceSettings]) -> AsyncIterator[httpx.AsyncClient]:
    service = Service("directory", settings("directory"), verifier())
    app = service.application(title="Things", description="", routers=[router], jobs=list)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://things") as client:
            yield client


class Somebody:
    """One person of one organization, and what the trail says of them."""

    def __init__(self, client: httpx.AsyncClient, database: Database) -> None:
        self._client, self._database = client, database
        self.subject, self.organization_id = str(uuid4()), uuid4()

    async def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = bearer(subject=self.subject, organization_id=self.organization_id)
        return await self._client.request(method, path, headers={**headers, "Idempotency-Key": str(uuid4())}, **more)

    async def entries(self) -> list[Any]:
        async with self._database.transaction() as session:
            query = text("SELECT * FROM audit_log WHERE subject = :subject ORDER BY position")
            return list((await session.execute(query, {"subject": self.subject})).all())


@pytest.fixture
def somebody(client: httpx.AsyncClient, database: Database) -> Somebody:
    return Somebody(client, database)


async def test_who_what_on_which_object(somebody: Somebody) -> None:
    made = await somebody.ask("POST", ROOT)
    thing_id, case_id = UUID(made.json()["id"]), uuid4()
    await somebody.ask("POST", f"{ROOT}/{thing_id}/stop", params={"case_id": str(case_id)})
    await somebody.ask("DELETE", f"{ROOT}/{thing_id}")
    entries = await somebody.entries()
    assert [(entry.access, entry.action, entry.object_type, entry.object_id) for entry in entries] == [
        ("C", "make_thing", "things", thing_id),
        ("E", "stop_thing", "things", thing_id),
        ("D", "delete_thing", "things", thing_id),
    ]
    assert [entry.case_id for entry in entries] == [None, case_id, None]
    assert {entry.organization_id for entry in entries} == {somebody.organization_id}
    assert {entry.client_id for entry in entries} == {"paivand-tests"}
    assert all(len(entry.trace_id) == 32 for entry in entries)


async def test_what_was_refused_leaves_nothing(somebody: Somebody) -> None:
    assert (await somebody.ask("POST", f"{ROOT}/{uuid4()}/stop")).status_code == 409
    assert await somebody.entries() == []


async def test_a_repeated_request_is_one_deed(client: httpx.AsyncClient, somebody: Somebody) -> None:
    headers = bearer(subject=somebody.subject, organization_id=somebody.organization_id)
    for _ in range(2):
        answer = await client.post(ROOT, headers={**headers, "Idempotency-Key": "one"})
        assert answer.status_code == 201
    assert len(await somebody.entries()) == 1


async def test_reads_are_recorded_where_the_permission_says_so(somebody: Somebody) -> None:
    thing_id = uuid4()
    await somebody.ask("GET", f"{ROOT}/{thing_id}")
    await somebody.ask("GET", f"{ROOT}/{thing_id}/secret")
    assert [(entry.access, entry.action) for entry in await somebody.entries()] == [("R", "read_secret")]


async def test_a_deed_beside_the_requests_own(somebody: Somebody) -> None:
    await somebody.ask("PUT", f"{ROOT}/{uuid4()}")
    assert [entry.action for entry in await somebody.entries()] == ["count", "put_thing"]


def test_a_change_outside_the_trail_does_not_start(settings: Callable[[str], ServiceSettings]) -> None:
    forgetful = APIRouter(prefix=ROOT)
    forgetful.add_api_route("/{thing_id}", put_thing, methods=["PUT"])
    with pytest.raises(RuntimeError, match="audit trail"):
        Service("directory", settings("directory"), verifier()).application(
            title="Things", description="", routers=[forgetful], jobs=list
        )


@pytest.mark.parametrize("table", ["audit_log", "audit_chain", "audit_heads"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET {} = {}", "TRUNCATE {}"])
async def test_the_services_role_cannot_change_the_trail(database: Database, table: str, statement: str) -> None:
    column = {"audit_log": "action", "audit_chain": "hash", "audit_heads": "note"}[table]
    async with database.transaction() as session:
        with pytest.raises(ProgrammingError, match="permission denied"):
            await session.execute(text(statement.format(table, column, column)))
        await session.rollback()
