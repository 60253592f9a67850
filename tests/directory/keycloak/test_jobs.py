"""The queue without a Keycloak; with one it is in tests/system/test_membership.py."""

import asyncio
import base64
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from fastapi import FastAPI
from paivand_directory.keycloak import repository, service
from paivand_directory.keycloak.admin import KeycloakAdmin
from paivand_directory.keycloak.jobs import work_off
from paivand_kit.database import Database
from sqlalchemy import text

from tests.factories.directory import admit
from tests.factories.tokens import ISSUER
from tests.factories.waiting import until

pytestmark = pytest.mark.integration


@pytest.fixture
async def database(app: FastAPI) -> AsyncIterator[Database]:
    """With a queue that holds nothing due but what the test puts there."""
    async with app.state.database.transaction() as session:
        await session.execute(text("UPDATE keycloak_jobs SET done_at = now() WHERE done_at IS NULL"))
    yield app.state.database
    async with app.state.database.transaction() as session:
        await session.execute(text("UPDATE keycloak_jobs SET done_at = now() WHERE done_at IS NULL"))


@pytest.fixture
async def nobody() -> AsyncIterator[KeycloakAdmin]:
    """Where no Keycloak answers."""
    key = Ed25519PrivateKey.generate().private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    admin = KeycloakAdmin("http://127.0.0.1:1/auth", ISSUER, base64.b64encode(key).decode())
    yield admin
    await admin.close()


async def enqueue(database: Database, *organizations: UUID) -> None:
    for organization_id in organizations:
        async with database.transaction() as session:
            await service.enqueue(session, organization_id)


async def test_keycloak_down_only_delays(client: Any, database: Database, nobody: KeycloakAdmin) -> None:
    organization_id = await admit(client)
    await enqueue(database, organization_id)
    assert await work_off(database, nobody) == 0
    query = text(
        "SELECT attempts, done_at, error, due_at > now() AS is_later FROM keycloak_jobs WHERE organization_id = :id"
    )
    async with database.transaction() as session:
        [job] = (await session.execute(query, {"id": organization_id})).all()
        assert tuple(job) == (1, None, "ConnectError", True)
        assert await repository.claim_due_unscoped(session) is None


async def test_replicas_share_the_work(database: Database) -> None:
    await enqueue(database, uuid4(), uuid4())
    async with database.transaction() as one, database.transaction() as other, database.transaction() as third:
        claimed = [await repository.claim_due_unscoped(session) for session in (one, other, third)]
        assert claimed[0]
        assert claimed[1]
        assert claimed[0].position < claimed[1].position
        assert claimed[2] is None
        await repository.finish(one, claimed[0])
    async with database.transaction() as session:
        left = await repository.claim_due_unscoped(session)
        assert left is not None
        assert left.position == claimed[1].position


async def test_two_replicas_never_do_jobs_of_one_organization_at_once(database: Database) -> None:
    organization_id = uuid4()
    waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")

    async def is_waiting() -> bool:
        async with database.transaction() as session:
            return await session.scalar(waiting) == 1

    async with database.transaction() as second:
        async with database.transaction() as first:
            await repository.lock_organization_unscoped(first, organization_id)
            await repository.lock_organization_unscoped(first, uuid4())
            task = asyncio.create_task(repository.lock_organization_unscoped(second, organization_id))
            await until(is_waiting)
            assert not task.done()
        await task


async def test_a_failed_job_holds_back_no_other(client: Any, database: Database, nobody: KeycloakAdmin) -> None:
    organization_id = await admit(client)
    await enqueue(database, organization_id, organization_id)
    for _ in range(2):
        await work_off(database, nobody)
    query = text("SELECT attempts FROM keycloak_jobs WHERE organization_id = :id ORDER BY position")
    async with database.transaction() as session:
        assert list(await session.scalars(query, {"id": organization_id})) == [1, 1]
