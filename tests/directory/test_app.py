"""The service as a whole: its document, its health, its tables."""

import asyncio
import os

import httpx
import pytest
from alembic import command
from paivand_kit.migrations import config
from paivand_local.testing import PostgresServer

pytestmark = pytest.mark.integration


async def test_document_and_docs_are_public(client: httpx.AsyncClient) -> None:
    document = (await client.get("/directory/v1/openapi.json")).raise_for_status().json()
    assert set(document["paths"]) == {
        "/directory/v1/organizations",
        "/directory/v1/organizations/{organization_id}",
        "/directory/v1/services",
        "/directory/v1/services/{service_id}",
        "/directory/v1/taxonomy_terms",
    }
    page = await client.get("/directory/v1/docs")
    assert page.status_code == 200
    assert "https://" not in page.text


async def test_alive_and_ready_without_nats(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health/live")).status_code == 200
    ready = await client.get("/health/ready")
    assert (ready.status_code, ready.json()) == (200, {"database": "ok", "nats": "unreachable"})


async def test_models_equal_migrations(postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "PAIVAND_MIGRATION_URL", postgres.owner_url("directory"))
    await asyncio.to_thread(command.check, config("services/directory/migrations"))
