"""The directory service as an application over a real database; without NATS, events wait in the outbox."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from paivand_directory.app import create_app
from paivand_directory.settings import Settings
from paivand_local.testing import PostgresServer
from pydantic import SecretStr
from sqlalchemy import text

from tests.factories.tokens import AUDIENCE, ISSUER, verifier


@pytest.fixture(scope="session")
async def app(postgres: PostgresServer) -> AsyncIterator[FastAPI]:
    settings = Settings(
        database_url=SecretStr(postgres.url("directory")),
        nats_url="nats://127.0.0.1:1",
        nats_user="directory",
        nats_password=SecretStr("unused"),
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
