"""What holds for the service as a whole."""

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from openapi_spec_validator import validate
from paivand_local.testing import PostgresServer

pytestmark = pytest.mark.integration
ROOT = Path(__file__).parents[2]


def test_models_and_migrations_agree(postgres: PostgresServer) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "paivand_kit.migrations", str(ROOT / "services" / "referral" / "migrations"), "--check"],
        env={"PATH": os.environ["PATH"], "PAIVAND_MIGRATION_URL": postgres.owner_url("referral")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


async def test_document_is_public_and_valid(client: httpx.AsyncClient) -> None:
    answer = await client.get("/referral/v1/openapi.json")
    assert answer.status_code == 200
    validate(answer.json())
    assert (await client.get("/referral/v1/docs")).status_code == 200


async def test_every_operation_refuses_the_anonymous(app: FastAPI, client: httpx.AsyncClient) -> None:
    operations = [(method, path) for path, item in app.openapi()["paths"].items() for method in item]
    assert len(operations) >= 16
    for method, path in operations:
        url = path.replace("{", "").replace("}", "")
        answer = await client.request(method.upper(), url, headers={"Idempotency-Key": "x"}, json={})
        assert answer.status_code == 401, (method, path, answer.status_code)
        assert answer.headers["content-type"] == "application/problem+json"
