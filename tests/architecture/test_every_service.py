"""What holds for each service as a whole, whatever it does."""

import os
import subprocess
import sys

import httpx
import pytest
from openapi_spec_validator import validate
from paivand_kit.database import Database
from paivand_local.testing import PostgresServer
from sqlalchemy import text

from tests.architecture.test_house_rules import ROOT, SECRET_LINKS, SERVICES, app_of

pytestmark = pytest.mark.parametrize("service", SERVICES)


@pytest.mark.integration
def test_models_and_migrations_agree(service: str, postgres: PostgresServer) -> None:
    migrations = ROOT / "services" / service / "migrations"
    done = subprocess.run(
        [sys.executable, "-m", "paivand_kit.migrations", str(migrations), "--check"],
        env={"PATH": os.environ["PATH"], "PAIVAND_MIGRATION_URL": postgres.owner_url(service)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


async def test_document_is_public_and_valid(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    transport = httpx.ASGITransport(app_of(service, monkeypatch))
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        document = await client.get(f"/{service}/v1/openapi.json")
        page = await client.get(f"/{service}/v1/docs")
    assert (document.status_code, page.status_code) == (200, 200)
    validate(document.json())


@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param('{"a": ' + "[" * 50_000 + "]" * 50_000 + "}", "levels deep", id="deep"),
        pytest.param('{"a": [' + "1," * 20_000 + "1]}", "members and elements", id="many"),
    ],
)
async def test_every_operation_limits_its_body(
    service: str, monkeypatch: pytest.MonkeyPatch, body: str, says: str
) -> None:
    app = app_of(service, monkeypatch)
    paths = app.openapi()["paths"]
    with_body = [(method, path) for path, item in paths.items() for method in item if "requestBody" in item[method]]
    assert len(with_body) >= 3
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service") as client:
        for method, path in with_body:
            url = path.replace("{", "").replace("}", "")
            headers = {"Idempotency-Key": "x", "Content-Type": "application/json"}
            answer = await client.request(method.upper(), url, headers=headers, content=body)
            assert (answer.status_code, answer.json()["type"]) == (400, "urn:paivand:problem:malformed"), (method, path)
            assert says in answer.json()["detail"]


async def test_every_operation_refuses_the_anonymous(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything else is looked at. The service has no database here, so nothing can have been read either."""
    app = app_of(service, monkeypatch)
    operations = [(method, path) for path, item in app.openapi()["paths"].items() for method in item]
    assert len(operations) >= 16
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service") as client:
        for method, path in operations:
            url = path.replace("{", "").replace("}", "")
            answer = await client.request(method.upper(), url, headers={"Idempotency-Key": "x"}, json={})
            # The kit refuses what cannot be a secret of ours.
            expected = 404 if (service, path) in SECRET_LINKS else 401
            assert answer.status_code == expected, (method, path, answer.status_code)
            assert answer.headers["content-type"] == "application/problem+json"


KIT_TABLES = {
    *("alembic_version", "outbox", "outbox_relay", "idempotency_keys", "inbox_events", "consumer_cursors"),
    *("consumer_dead_letters", "dpop_proofs", "audit_log", "audit_chain", "audit_heads"),
}
# Rows that every member may see, or none: projections of what the directory publishes.
EVERYBODYS = {"referral": {"directory_organizations", "directory_services"}, "notify": {"members"}}
# Still behind the first gate alone: who is of record sees the proceeding, and conflicts are looked for across all.
NOT_YET = {
    *("proceedings", "proceeding_links", "proceeding_history"),
    *("lawyers_of_record", "hearings", "hearing_history", "tasks", "rights_checks"),
    *("reminders", "hearings_to_plan", "hearing_acknowledgements", "deadlines"),
}
# Nearly all of the directory is there to be read by all members, so there the few are named that are not.
PRIVATE_IN_DIRECTORY = {
    *("memberships", "membership_agreements", "membership_history", "people", "keycloak_jobs"),
    *("location_releases", "referral_parties"),
}
UNRESTRICTED = text("""
    SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
    AND (c.relkind = 'r' AND NOT c.relrowsecurity
        OR c.relkind = 'v' AND NOT coalesce(c.reloptions, '{}') @> '{security_invoker=true}')
""")


@pytest.mark.integration
async def test_every_table_with_an_organizations_data_has_row_level_security(
    service: str, postgres: PostgresServer
) -> None:
    """A new table is restricted in its migration (`kit_tables.restrict`), or named here with a reason."""
    database = Database(postgres.url(service))
    async with database.transaction() as session:
        unrestricted = set(await session.scalars(UNRESTRICTED)) - KIT_TABLES
    await database.close()
    if service == "directory":
        assert not unrestricted & PRIVATE_IN_DIRECTORY
    else:
        assert unrestricted - NOT_YET == EVERYBODYS[service]
