"""The directory service as an application over a real database; without NATS, events wait in the outbox."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from paivand_directory.app import create_app
from paivand_directory.settings import Settings
from paivand_kit.jobs import running as jobs_running
from paivand_kit.messaging import Messaging
from paivand_local.testing import NatsServer, PostgresServer
from pydantic import SecretStr
from sqlalchemy import text

from tests.factories.running import IDEMPOTENCY_SECRET, running
from tests.factories.tokens import AUDIENCE, ISSUER, verifier


@pytest.fixture(scope="session")
async def app(postgres: PostgresServer) -> AsyncIterator[FastAPI]:
    settings = Settings(
        database_url=SecretStr(postgres.url("directory")),
        nats_url="nats://127.0.0.1:1",
        nats_user="directory",
        nats_password=SecretStr("unused"),
        idempotency_secret=IDEMPOTENCY_SECRET,
        issuer=ISSUER,
        audience=AUDIENCE,
        jwks_url="",
    )
    app = create_app(settings, verifier=verifier())
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://directory") as client:
        yield client


@pytest.fixture
async def outbox(app: FastAPI) -> Callable[[str], Awaitable[list[dict[str, Any]]]]:
    """Reads the events about one object, oldest first."""

    async def events_about(subject: str) -> list[dict[str, Any]]:
        query = text("SELECT event FROM outbox WHERE event ->> 'subject' = :subject ORDER BY position")
        async with app.state.database.transaction() as session:
            return list(await session.scalars(query, {"subject": subject}))

    return events_about


@pytest.fixture(scope="module")
def nats_settings(postgres: PostgresServer, nats: NatsServer) -> Callable[[str], Settings]:
    """Settings of a service, by the name of its NATS user."""

    def of(user: str) -> Settings:
        name, password = nats.credentials(user)
        return Settings(
            database_url=SecretStr(postgres.url("directory")),
            nats_url=nats.url,
            nats_user=name,
            nats_password=SecretStr(password),
            idempotency_secret=IDEMPOTENCY_SECRET,
            issuer=ISSUER,
            audience=AUDIENCE,
            jwks_url="",
        )

    return of


@pytest.fixture(scope="module")
async def directory(nats_settings: Callable[[str], Settings]) -> AsyncIterator[httpx.AsyncClient]:
    """The directory with its NATS, which the application of the other tests does not have."""
    async with running(create_app(nats_settings("directory"), verifier=verifier())) as client:
        yield client


@pytest.fixture(scope="module")
async def referral(nats_settings: Callable[[str], Settings]) -> AsyncIterator[Messaging]:
    """The referral service's connection."""
    messaging = Messaging(nats_settings("referral"))
    async with jobs_running(messaging.run()):
        yield messaging
