"""From an application to a manager who works, and out again, with the real Keycloak."""

import json
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from paivand_local import demonstration
from paivand_local.site import LOOPBACK, Site
from paivand_local.stack import Stack

from tests.factories.waiting import until
from tests.system.actors import Actor
from tests.system.conftest import People

pytestmark = pytest.mark.system
MEMBERSHIPS, PEOPLE = "/directory/v1/memberships", "/directory/v1/people"
PASSWORD = "correct horse battery"


class Accounts:
    """Accounts as Keycloak's own administrator sees them, and as they sign in."""

    def __init__(self, site: Site, client: httpx.AsyncClient) -> None:
        self._site, self._client = site, client

    async def _admin(self, method: str, path: str, body: Any = None, **query: Any) -> httpx.Response:
        form = {
            "client_id": "admin-cli",
            "grant_type": "password",
            "username": "admin",
            "password": self._site.secret("keycloak_admin_password"),
        }
        root = f"http://{LOOPBACK}:{self._site.ports.keycloak}/auth"
        given = await self._client.post(f"{root}/realms/master/protocol/openid-connect/token", data=form)
        headers = {"Authorization": f"Bearer {given.raise_for_status().json()['access_token']}"}
        url = f"{root}/admin/realms/paivand{path}"
        answer = await self._client.request(method, url, json=body, params=query, headers=headers)
        return answer.raise_for_status()

    async def add_system(self, client_id: str, organization_id: str) -> None:
        """A system of a member, as docs/operators.md says."""
        claims = {
            "organization_id": ("String", organization_id),
            "organization": ("JSON", json.dumps({organization_id: {"id": organization_id}})),
        }
        mappers = [
            {
                "name": name,
                "protocol": "openid-connect",
                "protocolMapper": "oidc-hardcoded-claim-mapper",
                "config": {
                    "claim.name": name,
                    "claim.value": value,
                    "jsonType.label": kind,
                    "access.token.claim": "true",
                },
            }
            for name, (kind, value) in claims.items()
        ]
        client = {"clientId": client_id, "secret": PASSWORD, "protocolMappers": mappers, "fullScopeAllowed": False}
        scopes = {"defaultClientScopes": ["basic", "paivand"], "serviceAccountsEnabled": True}
        made = await self._admin("POST", "/clients", client | scopes)
        path = f"/clients/{made.headers['location'].rsplit('/', 1)[1]}"
        role = (await self._admin("GET", "/roles/member")).json()
        await self._admin("POST", f"{path}/scope-mappings/realm", [role])
        account = (await self._admin("GET", f"{path}/service-account-user")).json()
        await self._admin("POST", f"/users/{account['id']}/role-mappings/realm", [role])
        found = (await self._admin("GET", "/organizations", q=f"directory_id:{organization_id}")).json()
        await self._admin("POST", f"/organizations/{found[0]['id']}/members", account["id"])

    async def system_token(self, client_id: str) -> str | None:
        """What a system gets that asks for a token."""
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": PASSWORD}
        answer = await self._client.post(f"{self._site.issuer}/protocol/openid-connect/token", data=form)
        return answer.json().get("access_token")

    async def find(self, email: str) -> Any:
        """The account of an address, None when there is none."""
        found = (await self._admin("GET", "/users", email=email, exact=True)).json()
        return found[0] if found else None

    async def complete(self, email: str) -> None:
        """What the person does who follows the link in the invitation."""
        user = await until(lambda: self.find(email))
        whole = {**user, "firstName": "New", "lastName": "Person", "emailVerified": True}
        await self._admin("PUT", f"/users/{user['id']}", whole)
        password = {"type": "password", "value": PASSWORD, "temporary": False}
        await self._admin("PUT", f"/users/{user['id']}/reset-password", password)

    async def sign_in(self, email: str, **form: str) -> httpx.Response:
        """The answer to a wish for a token, by password unless the form says otherwise."""
        wish = form or {"grant_type": "password", "username": email, "password": PASSWORD}
        url = f"{self._site.issuer}/protocol/openid-connect/token"
        return await self._client.post(url, data={"client_id": "paivand-demonstration", **wish})

    async def is_let_in(self, email: str) -> bool:
        return (await self.sign_in(email)).status_code == 200

    async def is_locked(self, email: str) -> bool:
        return not (await self.find(email))["enabled"]

    async def is_invited(self, email: str) -> bool:
        """Whether the mail has come."""
        page = f"http://{LOOPBACK}:{self._site.ports.mail_page}/messages.json"
        return email in json.dumps((await self._client.get(page)).json())


@pytest.fixture
async def accounts(stack: Stack) -> AsyncGenerator[Accounts]:
    async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
        yield Accounts(stack.site, client)


@pytest.fixture
async def karim(stack: Stack) -> AsyncGenerator[Actor]:
    """The second coordinator."""
    actor = Actor(stack.site, "karim")
    yield actor
    await actor.client.aclose()


async def move(who: Actor, membership: Any, action: str, body: Any = None) -> Any:
    path = f"{MEMBERSHIPS}/{membership['id']}/{action}"
    return await who.post(path, body or {"reason": "As agreed."}, etag=f'"{membership["version"]}"')


async def let_in(people: People, karim: Actor, email: str) -> Any:
    """A new active membership."""
    application = {"name": "Panoh", "description": "A shelter.", "manager_email": email, "reason": "Wrote to us."}
    membership = await people.coordinator.post(MEMBERSHIPS, application)
    today = datetime.now(UTC).date()
    for kind in ("data-protection", "code-of-conduct"):
        days = {"signed_on": str(today), "expires_on": str(today + timedelta(days=365))}
        agreement = {"kind": kind, "agreement_version": "2026-1", **days}
        membership = await move(people.coordinator, membership, "agreements", agreement)
    membership = await move(people.coordinator, membership, "review")
    return await move(karim, membership, "activate")


class Newcomer:
    """Somebody with an account that is not of the demonstration."""

    def __init__(self, site: Site, tokens: Any) -> None:
        self.refresh_token = tokens["refresh_token"]
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        self.client = httpx.AsyncClient(base_url=site.public_url, headers=headers, timeout=30, trust_env=False)

    async def send(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return await self.client.request(method, path, json=body, headers={"Idempotency-Key": str(uuid4()), **headers})


async def enter(stack: Stack, accounts: Accounts, email: str) -> Newcomer:
    """The person follows the invitation and signs in."""
    await until(lambda: accounts.is_invited(email))
    await accounts.complete(email)
    return Newcomer(stack.site, (await accounts.sign_in(email)).raise_for_status().json())


async def test_a_member_comes_in_works_and_is_shut_out(
    stack: Stack, people: People, karim: Actor, accounts: Accounts
) -> None:
    email = f"{uuid4()}@panoh.example.org"
    membership = await let_in(people, karim, email)
    manager = await enter(stack, accounts, email)
    offered = await manager.send("POST", "/directory/v1/services", {"name": "Beds", "taxonomy_terms": ["shelter"]})
    assert offered.status_code == 201, offered.text
    path = f"/directory/v1/services/{offered.json()['id']}"
    assert (await people.lawyer.get(path))["organization_id"] == membership["id"]

    membership = await move(people.coordinator, membership, "suspend")
    assert (await people.lawyer.client.get(path)).status_code == 404
    await until(lambda: accounts.is_locked(email))
    assert (await accounts.sign_in(email)).status_code == 400
    again = await accounts.sign_in(email, grant_type="refresh_token", refresh_token=manager.refresh_token)
    assert again.status_code == 400

    membership = await move(karim, membership, "reinstate")
    await until(lambda: accounts.is_let_in(email))
    membership = await move(karim, membership, "withdraw")
    await until(lambda: accounts.is_locked(email))
    await manager.client.aclose()


async def test_managers_keep_their_own_people_and_reach_nobody_else(
    stack: Stack, people: People, karim: Actor, accounts: Accounts
) -> None:
    email, colleague = (f"{uuid4()}@panoh.example.org" for _ in range(2))
    membership = await let_in(people, karim, email)
    manager = await enter(stack, accounts, email)
    person = (await manager.send("POST", PEOPLE, {"email": colleague})).raise_for_status().json()
    member = await enter(stack, accounts, colleague)
    assert (await member.send("GET", "/directory/v1/organizations")).status_code == 200
    assert (await member.send("GET", PEOPLE)).status_code == 403
    assert (await people.shelter_manager.client.get(f"{PEOPLE}/{person['id']}")).status_code == 404

    # A coordinator's account is not to be drawn in, and not to be locked by removing it.
    coordinator = {"email": "nigora@network.example.org", "role": "member"}
    taken = (await manager.send("POST", PEOPLE, coordinator)).raise_for_status().json()

    async def refused() -> Any:
        answer = await manager.send("GET", f"{PEOPLE}/{taken['id']}")
        return answer if answer.json()["status"] == "refused" else None

    etag = (await until(refused)).headers["etag"]
    assert (await manager.send("DELETE", f"{PEOPLE}/{taken['id']}", **{"If-Match": etag})).status_code == 204

    answer = await manager.send("DELETE", f"{PEOPLE}/{person['id']}", **{"If-Match": "*"})
    assert answer.status_code == 204
    await until(lambda: accounts.is_locked(colleague))
    assert (await accounts.sign_in(colleague)).status_code == 400
    # Jobs are done in the order of their time, so the coordinator's removal is behind us.
    assert (await accounts.find("nigora@network.example.org"))["enabled"]
    await move(karim, membership, "withdraw")
    for each in (manager, member):
        await each.client.aclose()


async def test_keycloak_down_only_delays(stack: Stack, people: People, karim: Actor, accounts: Accounts) -> None:
    email = f"{uuid4()}@panoh.example.org"
    stack.stop_part("keycloak")
    try:
        membership = await let_in(people, karim, email)
    finally:
        stack.start_part("keycloak")
    await until(lambda: accounts.is_invited(email), seconds=60)
    await move(karim, membership, "withdraw")


async def test_systems_of_a_suspended_member_get_no_tokens_until_it_is_back(
    stack: Stack, people: People, karim: Actor, accounts: Accounts
) -> None:
    email, system = f"{uuid4()}@panoh.example.org", f"integrator-{uuid4()}"
    membership = await let_in(people, karim, email)
    await until(lambda: accounts.is_invited(email))
    await accounts.add_system(system, membership["id"])
    token = await accounts.system_token(system)
    async with httpx.AsyncClient(base_url=stack.site.public_url, trust_env=False) as client:
        headers = {"Authorization": f"Bearer {token}"}
        assert (await client.get("/directory/v1/organizations", headers=headers)).status_code == 200

    async def has_token() -> bool:
        return await accounts.system_token(system) is not None

    async def has_none() -> bool:
        return not await has_token()

    membership = await move(people.coordinator, membership, "suspend")
    await until(has_none)
    membership = await move(karim, membership, "reinstate")
    await until(has_token)
    await move(karim, membership, "withdraw")
    await until(has_none)
    # Others are not touched.
    assert demonstration.integrator_token(stack.site, "adolat")
