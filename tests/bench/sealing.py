"""What sealing costs: creating a referral with a summary against one without, in turn, in one run.

`python -m tests.bench.sealing`: the referral service in this process on a real PostgreSQL, without gateway and network,
so that the share of sealing is as large as it can be.
"""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

from paivand_contracts.codes import OrganizationStatus, ServiceStatus
from paivand_contracts.directory import OrganizationChanged, OrganizationFacts, ServiceChanged, ServiceFacts
from paivand_kit.database import Database
from paivand_local.testing import PostgresServer, temporary_site
from paivand_referral.app import create_app
from paivand_referral.directory.consumers import handle_directory_events
from paivand_referral.identities.index import BlindIndex
from paivand_referral.settings import Settings
from paivand_referral.vault.keys import LocalKeyFile
from pydantic import SecretStr

from tests.factories import tokens
from tests.factories.running import IDEMPOTENCY_SECRET, Person, running

ROUNDS, EACH = 30, 20
CASE = {"age_band": "18-24", "gender": "female", "languages": ["tg"], "needs": ["legal-representation"]}
CONSENT = {"given_at": "2026-11-24T10:00:00Z", "scope": ["referral", "summary"]}
SUMMARY = "Needs a lawyer before Friday. " * 10


def settings(server: PostgresServer, folder: Path) -> Settings:
    """Of a service with keys of its own, and without NATS."""
    LocalKeyFile.create(folder / "keys.json")
    BlindIndex.create(folder / "index.key")
    return Settings(
        database_url=SecretStr(server.url("referral")),
        nats_url="nats://127.0.0.1:1",
        nats_user="referral",
        nats_password=SecretStr("unused"),
        idempotency_secret=IDEMPOTENCY_SECRET,
        vault_key_file=folder / "keys.json",
        index_key_file=folder / "index.key",
        issuer=tokens.ISSUER,
        jwks_url="",
        log_level="ERROR",
    )


async def with_service(database: Database) -> tuple[Any, Any]:
    """An organization and its service."""
    organization, service = uuid4(), uuid4()
    active = OrganizationFacts(organization_id=organization, name="A", status=OrganizationStatus.ACTIVE, version=1)
    facts = ServiceFacts(
        service_id=service, organization_id=organization, name="Law", status=ServiceStatus.ACTIVE, taxonomy_terms=[],
        version=1,
    )  # fmt: skip
    events = [
        OrganizationChanged(subject=str(organization), data=active),
        ServiceChanged(subject=str(service), data=facts),
    ]
    async with database.transaction() as session:
        await handle_directory_events(session, events)
    return organization, service


async def measure(server: PostgresServer, folder: Path) -> dict[str, list[float]]:
    """Milliseconds for each referral, by round."""
    app = create_app(settings(server, folder), verifier=tokens.verifier())
    taken: dict[str, list[float]] = {"without": [], "with": []}
    async with running(app) as client:
        organization, service = await with_service(app.state.database)
        person = Person(client, organization_id=organization)
        case = (await person.post("/referral/v1/cases", CASE)).json()["id"]
        body = {"case_id": case, "service_id": str(service), "priority": "urgent", "consent": CONSENT}
        for _ in range(ROUNDS):
            for name, summary in (("without", None), ("with", SUMMARY)):
                began = time.perf_counter()
                for _ in range(EACH):
                    answer = await person.post("/referral/v1/referrals", body | {"summary": summary})
                    assert answer.status_code == 201, answer.text
                taken[name].append((time.perf_counter() - began) / EACH * 1000)
    return taken


def main() -> None:
    """Prints the medians and their ratio."""
    with temporary_site() as site, PostgresServer.running(site) as server, tempfile.TemporaryDirectory() as folder:
        taken = asyncio.run(measure(server, Path(folder)))
    medians = {name: statistics.median(times) for name, times in taken.items()}
    print({name: round(each, 3) for name, each in medians.items()}, "ms;")  # noqa: T201 - a command
    print(f"with a sealed summary {medians['with'] / medians['without']:.3f} of without")  # noqa: T201


if __name__ == "__main__":
    main()
