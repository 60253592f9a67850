"""Notify as an application over a real database, and (`live`) whole: its own process with NATS, SMTP and keys."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from cryptography.fernet import Fernet
from fastapi import FastAPI
from paivand_kit.database import Database
from paivand_local.testing import PostgresServer
from paivand_notify.app import create_app
from paivand_notify.settings import Settings
from pydantic import SecretStr
from sqlalchemy import text

from tests.factories import tokens
from tests.factories.running import IDEMPOTENCY_SECRET
from tests.notify.network import LiveNotify


@pytest.fixture(scope="session")
def settings(postgres: PostgresServer) -> Settings:
    return Settings(
        database_url=SecretStr(postgres.url("notify")),
        nats_url="nats://127.0.0.1:1",
        nats_user="notify",
        nats_password=SecretStr("unused"),
        idempotency_secret=IDEMPOTENCY_SECRET,
        issuer=tokens.ISSUER,
        jwks_url="",
        webhook_secret_key=SecretStr(Fernet.generate_key().decode()),
        allow_private_webhooks=True,
        webhook_retry_seconds=[0.01, 0.01],
        log_level="WARNING",
    )


@pytest.fixture(scope="session")
def app(settings: Settings) -> FastAPI:
    """Without its jobs: nothing consumes or delivers unless a test makes it."""
    return create_app(settings, verifier=tokens.verifier())


@pytest.fixture(scope="session")
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://notify") as client:
        yield client


@pytest.fixture(scope="session")
async def database(app: FastAPI) -> AsyncIterator[Database]:
    yield app.state.database
    await app.state.database.close()


@pytest.fixture
async def empty_queue(database: Database) -> None:
    """No deliveries of other tests."""
    async with database.transaction() as session:
        await session.execute(text("DELETE FROM deliveries"))


@pytest.fixture(scope="session")
def live() -> Iterator[LiveNotify]:
    """Everything real and its own, so that other tests' events do not come in between."""
    with LiveNotify.running() as live:
        yield live
