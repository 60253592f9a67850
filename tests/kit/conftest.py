"""Real PostgreSQL and NATS for the kit's mechanisms, apart from those that the services' tests use.

The parts work as the directory service (producer) and the referral service (consumer), with their real rights in
NATS; both sides live in the directory's database, which has the kit's tables.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from paivand_contracts.codes import OrganizationStatus
from paivand_contracts.directory import OrganizationChanged, OrganizationFacts
from paivand_kit import outbox
from paivand_kit.database import Database
from paivand_kit.jobs import running
from paivand_kit.messaging import Messaging
from paivand_kit.settings import ServiceSettings
from paivand_local.testing import NatsServer, PostgresServer, temporary_site
from pydantic import SecretStr
from sqlalchemy import text

from tests.factories.running import IDEMPOTENCY_SECRET
from tests.factories.tokens import AUDIENCE, ISSUER

EFFECTS = """
CREATE TABLE effects (
    place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id text, subject text, body text,
    -- Checked at commit only: the way to make a commit fail.
    refused integer DEFAULT 0 REFERENCES refusals (id) DEFERRABLE INITIALLY DEFERRED
)
"""


@pytest.fixture(scope="session")
async def kit_postgres() -> AsyncIterator[PostgresServer]:
    with temporary_site() as site, PostgresServer.running(site) as server:
        database = Database(server.owner_url("directory"))
        async with database.transaction() as session:
            for statement in (
                "CREATE TABLE refusals (id integer PRIMARY KEY)",
                "INSERT INTO refusals VALUES (0)",
                EFFECTS,
                "GRANT SELECT, INSERT ON effects TO directory",
            ):
                await session.execute(text(statement))
        await database.close()
        yield server


@pytest.fixture(scope="session")
def kit_nats() -> Iterator[NatsServer]:
    with temporary_site() as site, NatsServer.running(site) as server:
        yield server


@pytest.fixture
def settings(kit_postgres: PostgresServer, kit_nats: NatsServer) -> Callable[[str], ServiceSettings]:
    """Settings of a service, by the name of its NATS user."""

    def of(user: str) -> ServiceSettings:
        name, password = kit_nats.credentials(user)
        return ServiceSettings(
            database_url=SecretStr(kit_postgres.url("directory")),
            nats_url=kit_nats.url,
            nats_user=name,
            nats_password=SecretStr(password),
            idempotency_secret=IDEMPOTENCY_SECRET,
            issuer=ISSUER,
            audience=AUDIENCE,
            jwks_url="",
        )

    return of


@pytest.fixture
async def database(kit_postgres: PostgresServer) -> AsyncIterator[Database]:
    database = Database(kit_postgres.url("directory"))
    yield database
    await database.close()


@pytest.fixture
async def producing(settings: Callable[[str], ServiceSettings]) -> AsyncIterator[Messaging]:
    """The directory service's connection to NATS."""
    messaging = Messaging(settings("directory"))
    async with running(messaging.run()):
        yield messaging


@pytest.fixture
async def consuming(settings: Callable[[str], ServiceSettings]) -> AsyncIterator[Messaging]:
    """The referral service's connection to NATS."""
    messaging = Messaging(settings("referral"))
    async with running(messaging.run()):
        yield messaging


@pytest.fixture
def subject() -> str:
    """A name for what this test's events are about."""
    return str(uuid4())


def changed(subject: str, name: str = "n") -> OrganizationChanged:
    """An event about `subject`."""
    facts = OrganizationFacts(organization_id=uuid4(), name=name, status=OrganizationStatus.ACTIVE, version=1)
    return OrganizationChanged(subject=subject, data=facts)


async def emit(database: Database, subject: str, count: int = 1, first: int = 0) -> None:
    """Commits events named by consecutive numbers, each in a transaction of its own."""
    for number in range(first, first + count):
        async with database.transaction() as session:
            await outbox.emit(session, changed(subject, str(number)))


async def effects(database: Database, subject: str) -> list[str]:
    """What the consumer has done about `subject`, in order."""
    async with database.transaction() as session:
        query = text("SELECT body FROM effects WHERE subject = :subject ORDER BY place")
        return list(await session.scalars(query, {"subject": subject}))


async def record(session: Any, events: Any) -> None:
    """A consumer's handler that leaves one row for each event, also when it gets one twice."""
    for event in events:
        values = {"event_id": str(event.id), "subject": event.subject, "body": event.data.name}
        statement = text("INSERT INTO effects (event_id, subject, body) VALUES (:event_id, :subject, :body)")
        await session.execute(statement, values)
