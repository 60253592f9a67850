"""The demonstration's organizations and accounts, read from the realm file that makes them, and their tokens."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

import httpx
from paivand_kit.client_assertion import client_assertion

from paivand_local.site import ROOT, Site

REALM_FILE = ROOT / "deploy" / "keycloak" / "paivand-realm.json"


@dataclass(frozen=True)
class Organization:
    """A member organization; its id is the same in Keycloak, in tokens and in the directory."""

    id: UUID
    alias: str
    name: str


@dataclass(frozen=True)
class Account:
    """A person who can sign in."""

    username: str
    email: str
    roles: tuple[str, ...]
    organization_id: UUID | None


@cache
def organizations() -> dict[str, Organization]:
    """By alias."""
    return {
        each["alias"]: Organization(UUID(each["id"]), each["alias"], each["name"]) for each in _realm()["organizations"]
    }


@cache
def accounts() -> dict[str, Account]:
    """By user name."""
    people = [user for user in _realm()["users"] if "serviceAccountClientId" not in user]
    return {user["username"]: _account(user) for user in people}


def _account(user: dict[str, Any]) -> Account:
    organization = user.get("attributes", {}).get("organization_id", [None])[0]
    roles = tuple(role for role in user["realmRoles"] if not role.startswith("default-"))
    return Account(user["username"], user["email"], roles, UUID(organization) if organization else None)


@cache
def _realm() -> dict[str, Any]:
    return json.loads(REALM_FILE.read_text())


def token(site: Site, username: str) -> str:
    """An access token of a demonstration account, from Keycloak through the gateway."""
    return _token(
        site,
        client_id="paivand-demonstration",
        grant_type="password",
        username=username,
        password=site.demonstration_password,
    )


def integrator_token(site: Site, alias: str) -> str:
    """An access token of an organization's own system (client credentials, private_key_jwt)."""
    proof = client_assertion(f"integrator-{alias}", site.signing_key(f"integrator_{alias}_key"), site.issuer)
    return _token(site, grant_type="client_credentials", **proof)


def _token(site: Site, **form: str) -> str:
    with http_client(site) as client:
        answer = client.post(f"{site.issuer}/protocol/openid-connect/token", data=form)
    return answer.raise_for_status().json()["access_token"]


def http_client(site: Site, **headers: str) -> httpx.Client:
    """A client of the site's gateway."""
    return httpx.Client(
        base_url=site.public_url, headers=headers, timeout=30, trust_env=False, verify=site.tls_context()
    )
