"""The referral service on real PostgreSQL and NATS, and the organizations of a story."""

from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from paivand_contracts.codes import OrganizationStatus, Role, ServiceStatus
from paivand_contracts.directory import OrganizationChanged, OrganizationFacts, ServiceChanged, ServiceFacts
from paivand_kit.database import Database
from paivand_local.testing import NatsServer, PostgresServer
from paivand_referral.app import create_app
from paivand_referral.directory.consumers import handle_directory_events
from paivand_referral.identities.index import BlindIndex
from paivand_referral.settings import Settings
from paivand_referral.vault.keys import LocalKeyFile

from tests.factories import tokens
from tests.factories.running import IDEMPOTENCY_SECRET, Person, running


@pytest.fixture(scope="session")
def settings(postgres: PostgresServer, nats: NatsServer, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    key_file = tmp_path_factory.mktemp("vault") / "keys.json"
    LocalKeyFile.create(key_file)
    BlindIndex.create(key_file.with_name("index.key"))
    user, password = nats.credentials("referral")
    return Settings(
        database_url=postgres.url("referral"),
        nats_url=nats.url,
        nats_user=user,
        nats_password=password,
        idempotency_secret=IDEMPOTENCY_SECRET,
        vault_key_file=key_file,
        index_key_file=key_file.with_name("index.key"),
        issuer=tokens.ISSUER,
        jwks_url="",
        log_level="WARNING",
    )


@pytest.fixture(scope="session")
def app(settings: Settings) -> FastAPI:
    return create_app(settings, verifier=tokens.verifier())


@pytest.fixture(scope="session")
async def client(app: FastAPI) -> AsyncGenerator[httpx.AsyncClient]:
    async with running(app) as client:
        yield client


@pytest.fixture(scope="session")
def database(app: FastAPI) -> Database:
    return app.state.database


class Network:
    """Member organizations and services, as the directory's events state them."""

    def __init__(self, client: httpx.AsyncClient, database: Database) -> None:
        self._client, self._database = client, database

    async def member(self, name: str = "Shelter", *roles: Role) -> Person:
        """Somebody of a new member organization."""
        organization_id = uuid4()
        await self.state_organization(organization_id, name)
        return Person(self._client, organization_id=organization_id, roles=roles or (Role.MEMBER,))

    def person(self, organization_id: UUID | None, *roles: Role) -> Person:
        """Somebody else of an organization, or of the network."""
        return Person(self._client, organization_id=organization_id, roles=roles)

    def colleague(self, person: Person, *roles: Role) -> Person:
        """Somebody else of the same organization."""
        return Person(self._client, organization_id=person.organization_id, roles=roles or (Role.MEMBER,))

    def coordinator(self) -> Person:
        return Person(self._client, organization_id=None, roles=(Role.COORDINATOR,))

    async def service_of(self, owner: Person, *, status: ServiceStatus = ServiceStatus.ACTIVE) -> UUID:
        """A new service of somebody's organization."""
        assert owner.organization_id is not None
        service_id = uuid4()
        await self.state_service(service_id, owner.organization_id, status=status)
        return service_id

    async def state_organization(
        self,
        organization_id: UUID,
        name: str,
        *,
        status: OrganizationStatus = OrganizationStatus.ACTIVE,
        version: int = 1,
    ) -> None:
        facts = OrganizationFacts(organization_id=organization_id, name=name, status=status, version=version)
        async with self._database.transaction() as session:
            await handle_directory_events(session, [OrganizationChanged(subject=str(organization_id), data=facts)])

    async def state_service(
        self,
        service_id: UUID,
        organization_id: UUID,
        *,
        name: str = "Legal representation",
        status: ServiceStatus = ServiceStatus.ACTIVE,
        version: int = 1,
        terms: Sequence[str] = ("legal-representation",),
    ) -> None:
        facts = ServiceFacts(
            service_id=service_id,
            organization_id=organization_id,
            name=name,
            status=status,
            taxonomy_terms=list(terms),
            version=version,
        )
        async with self._database.transaction() as session:
            await handle_directory_events(session, [ServiceChanged(subject=str(service_id), data=facts)])


@pytest.fixture(scope="session")
def network(client: httpx.AsyncClient, database: Database) -> Network:
    return Network(client, database)


CASE: dict[str, Any] = {
    "age_band": "18-24",
    "gender": "female",
    "languages": ["tg", "ru"],
    "needs": ["legal-representation"],
}


class Story:
    """A shelter, a legal aid office with a service, and a case of the shelter."""

    def __init__(self, network: Network, shelter: Person, lawyer: Person, service_id: UUID, case_id: str) -> None:
        self.network, self.shelter, self.lawyer = network, shelter, lawyer
        self.service_id, self.case_id = service_id, case_id

    def request(self, **changes: Any) -> dict[str, Any]:
        """The body of a request from the shelter to the legal aid office."""
        return {
            "case_id": self.case_id,
            "service_id": str(self.service_id),
            "priority": "urgent",
            "consent": {"given_at": "2026-11-24T10:00:00Z", "scope": ["referral", "summary", "redirect"]},
            **changes,
        }

    async def referral(self, **changes: Any) -> dict[str, Any]:
        """A referral that the shelter has just sent."""
        answer = await self.shelter.post("/referral/v1/referrals", self.request(**changes))
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def act(self, who: Person, referral: dict[str, Any], action: str, body: Any = None) -> httpx.Response:
        """An action on the version of the referral that is at hand."""
        return await who.post(
            f"/referral/v1/referrals/{referral['id']}/{action}", body, etag=f'"{referral["version"]}"'
        )

    async def referral_in(self, status: str) -> dict[str, Any]:
        """A referral that has come to a state by the shortest way."""
        referral = await self.referral()
        for side, action, body in WAYS[status]:
            answer = await self.act(getattr(self, side), referral, action, body)
            assert answer.status_code == 200, answer.text
            referral = answer.json()
        return referral


START = [("lawyer", "accept", None), ("lawyer", "start", None)]
WAYS: dict[str, list[tuple[str, str, Any]]] = {
    "requested": [],
    "accepted": START[:1],
    "in-progress": START,
    "on-hold": [*START, ("lawyer", "hold", {"reason": "waiting-for-documents"})],
    "completed": [*START, ("lawyer", "complete", {"outcome": "help-given"})],
    "failed": [*START, ("lawyer", "fail", {"reason": "lost-contact"})],
    "rejected": [("lawyer", "reject", {"reason": "no-capacity"})],
    "cancelled": [("shelter", "cancel", {"reason": "no-longer-needed"})],
    "entered-in-error": [("shelter", "enter-in-error", None)],
}


class LegalStory:
    """A proceeding of a shelter's case, a lawyer of record of another organization, and that lawyer's manager."""

    def __init__(self, story: Story, manager: Person, proceeding: dict[str, Any]) -> None:
        self.story, self.network = story, story.network
        self.owner, self.lawyer, self.manager = story.shelter, story.lawyer, manager
        self.case_id, self.proceeding = story.case_id, proceeding

    def record(self, person: Person, **changes: Any) -> dict[str, Any]:
        """The body that puts somebody on record."""
        return {
            "organization_id": str(person.organization_id),
            "subject": person.subject,
            "from_on": "2026-01-01",
            "power_of_attorney": "signed",
            **changes,
        }

    async def appoint(self, person: Person, *, proceeding_id: str | None = None, **changes: Any) -> dict[str, Any]:
        """A new lawyer of record, appointed by the case's organization."""
        path = f"/referral/v1/proceedings/{proceeding_id or self.proceeding['id']}/lawyers"
        answer = await self.owner.post(path, self.record(person, **changes))
        assert answer.status_code == 201, answer.text
        return answer.json()

    def date(self, **changes: Any) -> dict[str, Any]:
        """The body of a hearing ten days from now."""
        day = datetime.now(UTC).date() + timedelta(days=10)
        return {
            "proceeding_id": self.proceeding["id"],
            "hearing_type": "testimony",
            "starts_at": f"{day}T09:30",
            "time_zone": "Asia/Dushanbe",
            "court": "Court of Sino district",
            **changes,
        }

    async def hearing(self, by: Person | None = None, **changes: Any) -> dict[str, Any]:
        """A scheduled hearing."""
        answer = await (by or self.owner).post("/referral/v1/hearings", self.date(**changes))
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def shelter_of(self, name: str = "Panoh shelter", terms: Sequence[str] = ("shelter",)) -> Person:
        """Somebody of an organization that has accepted a referral of the case, for shelter unless said otherwise."""
        other = await self.network.member(name)
        service_id = uuid4()
        assert other.organization_id is not None
        await self.network.state_service(service_id, other.organization_id, terms=terms)
        sent = await self.story.referral(service_id=str(service_id))
        accepted = await self.story.act(other, sent, "accept")
        assert accepted.status_code == 200, accepted.text
        return other

    async def act(self, who: Person, hearing: dict[str, Any], action: str, body: Any = None) -> httpx.Response:
        """An action on the version of the hearing that is at hand."""
        return await who.post(f"/referral/v1/hearings/{hearing['id']}/{action}", body, etag=f'"{hearing["version"]}"')


@pytest.fixture
async def legal(story: Story) -> LegalStory:
    """Assigned by an accepted referral."""
    accepted = await story.act(story.lawyer, await story.referral(), "accept")
    assert accepted.status_code == 200, accepted.text
    body = {"case_id": story.case_id, "kind": "criminal", "person_role": "victim", "stage": "investigation"}
    recorded = await story.shelter.post("/referral/v1/proceedings", body)
    assert recorded.status_code == 201, recorded.text
    manager = story.network.colleague(story.lawyer, Role.MANAGER)
    legal = LegalStory(story, manager, recorded.json())
    await legal.appoint(story.lawyer)
    return legal


@pytest.fixture
async def story(network: Network) -> Story:
    shelter = await network.member("Mehrubon shelter")
    lawyer = await network.member("Adolat legal aid")
    service_id = await network.service_of(lawyer)
    case = await shelter.post("/referral/v1/cases", CASE)
    assert case.status_code == 201, case.text
    return Story(network, shelter, lawyer, service_id, case.json()["id"])
