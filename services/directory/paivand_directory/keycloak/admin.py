"""Keycloak's admin REST API, as far as the directory needs it. Every method may be repeated."""

import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
from paivand_kit.client_assertion import client_assertion

from . import rules

CLIENT_ID = "paivand-directory"
TIMEOUT_SECONDS = 10.0
PAGE = 100
INVITATION = ["VERIFY_EMAIL", "UPDATE_PASSWORD", "UPDATE_PROFILE", "CONFIGURE_TOTP"]
INVITATION_SECONDS = 3 * 24 * 3600
Json = dict[str, Any]


class AccountTaken(Exception):  # noqa: N818 - a fact, not a fault
    """The address belongs to an account that is not this organization's."""


class KeycloakAdmin:
    """Speaks as the service account `paivand-directory`. Raises httpx.HTTPError when Keycloak cannot do it now."""

    def __init__(self, url: str, issuer: str, key: str) -> None:
        self._client = httpx.AsyncClient(base_url=url, timeout=TIMEOUT_SECONDS, trust_env=False)
        self._issuer, self._key = issuer, key
        self._token, self._token_until = "", 0.0

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.aclose()

    async def put_organization(self, organization_id: UUID, name: str, *, is_enabled: bool) -> str:
        """Keycloak's id of the organization, made when missing, and enabled or not.

        Keycloak chooses ids itself, so the directory's id is the alias, which tokens carry.
        """
        # Names are unique in Keycloak, in the directory they are not.
        wanted = {"name": f"{name} {organization_id.hex[-6:]}", "enabled": is_enabled}
        present = await self._find_organization(organization_id)
        if present is None:
            attributes = {"directory_id": [str(organization_id)]}
            made = await self._call(
                "POST", "/organizations", {"alias": str(organization_id), "attributes": attributes, **wanted}
            )
            return made.headers["location"].rsplit("/", 1)[1]
        if present["enabled"] != is_enabled:
            await self._call("PUT", f"/organizations/{present['id']}", {**present, "enabled": is_enabled})
        return present["id"]

    async def _find_organization(self, organization_id: UUID) -> Json | None:
        # One of the realm file has the directory's id itself.
        same = await self._call("GET", f"/organizations/{organization_id}", allowed=404)
        if same.status_code == 200:
            return same.json()
        query = {"q": f"directory_id:{organization_id}"}
        found: list[Json] = (await self._call("GET", "/organizations", params=query)).json()
        return (await self._call("GET", f"/organizations/{found[0]['id']}")).json() if found else None

    async def lock_out_members(self, keycloak_id: str) -> None:
        """Disables everybody who belongs to the organization, its systems too, and ends their sessions."""
        async for user in self._members(keycloak_id):
            await self.set_enabled(user["id"], is_enabled=False)

    async def let_in_systems(self, keycloak_id: str) -> None:
        """Lets the service accounts that belong to the organization have tokens again.

        A client that an operator has disabled stays so: that is another switch.
        """
        async for user in self._members(keycloak_id):
            if rules.is_system(user["username"]):
                await self.set_enabled(user["id"], is_enabled=True)

    async def _members(self, keycloak_id: str) -> AsyncIterator[Json]:
        first = 0
        while True:
            query = {"first": first, "max": PAGE}
            answer = await self._call("GET", f"/organizations/{keycloak_id}/members", params=query)
            page: list[Json] = answer.json()
            for user in page:
                yield user
            if len(page) < PAGE:
                return
            first += PAGE

    async def set_enabled(self, user_id: str, *, is_enabled: bool) -> None:
        """Lets an account sign in or not; not also means: no session of it goes on."""
        user = await self._get_user(user_id)
        if user is None:
            return
        if user["enabled"] != is_enabled:
            await self._call("PUT", f"/users/{user_id}", {**user, "enabled": is_enabled})
        if not is_enabled:
            await self._call("POST", f"/users/{user_id}/logout")

    async def _get_user(self, user_id: str) -> Json | None:
        answer = await self._call("GET", f"/users/{user_id}", allowed=404)
        return answer.json() if answer.status_code == 200 else None

    async def put_person(self, organization_id: UUID, keycloak_id: str, email: str, role: str) -> str:
        """Id of the account of that address, made when missing, with the role in this organization and no other.

        Raises:
            AccountTaken: the account is somebody else's.
        """
        attributes = {"organization_id": [str(organization_id)]}
        user = await self._find_user(email)
        if user is None:
            new = {"username": email, "email": email, "enabled": True, "attributes": attributes}
            user_id: str = (await self._call("POST", "/users", new)).headers["location"].rsplit("/", 1)[1]
        else:
            user_id = user["id"]
            await self._refuse_if_taken(user, str(organization_id))
            kept: Json = user.get("attributes") or {}
            await self._call("PUT", f"/users/{user_id}", {**user, "attributes": kept | attributes, "enabled": True})
        await self._set_roles(user_id, rules.ROLES_OF[role])
        await self._call("POST", f"/organizations/{keycloak_id}/members", user_id, allowed=409)
        return user_id

    async def _find_user(self, email: str) -> Json | None:
        query = {"email": email, "exact": "true"}
        found: list[Json] = (await self._call("GET", "/users", params=query)).json()
        return found[0] if found else None

    async def _refuse_if_taken(self, user: Json, own: str) -> None:
        present: list[Json] = (await self._call("GET", f"/users/{user['id']}/role-mappings/realm")).json()
        roles = [role["name"] for role in present]
        attributes: Json = user.get("attributes") or {}
        if not rules.is_free(attributes.get("organization_id", []), own, roles, is_enabled=user["enabled"]):
            raise AccountTaken

    async def _set_roles(self, user_id: str, wanted: frozenset[str]) -> None:
        path = f"/users/{user_id}/role-mappings/realm"
        present: list[Json] = (await self._call("GET", path)).json()
        available: list[Json] = (await self._call("GET", f"{path}/available")).json()
        surplus = [role for role in present if role["name"] in rules.NETWORK_ROLES - wanted]
        missing = [role for role in available if role["name"] in wanted]
        if surplus:
            await self._call("DELETE", path, surplus)
        if missing:
            await self._call("POST", path, missing)

    async def invite(self, user_id: str) -> None:
        """Sends the mail by which a person chooses password and second factor. Keycloak sends one for each call."""
        query = {"lifespan": INVITATION_SECONDS}
        await self._call("PUT", f"/users/{user_id}/execute-actions-email", INVITATION, params=query)

    async def remove_person(self, organization_id: UUID, keycloak_id: str, user_id: str | None, email: str) -> None:
        """Takes an account out of this organization and ends its access; one that is not its own stays untouched."""
        user = await self._get_user(user_id) if user_id else await self._find_user(email)
        attributes: Json = dict((user or {}).get("attributes") or {})
        if user is None or attributes.pop("organization_id", None) != [str(organization_id)]:
            return
        await self.set_enabled(user["id"], is_enabled=False)
        await self._set_roles(user["id"], frozenset())
        await self._call("DELETE", f"/organizations/{keycloak_id}/members/{user['id']}", allowed=404)
        # Last, since by it an interrupted removal knows that it is not done.
        await self._call("PUT", f"/users/{user['id']}", {**user, "attributes": attributes, "enabled": False})

    async def _call(
        self, method: str, path: str, body: Any = None, *, params: dict[str, Any] | None = None, allowed: int = 0
    ) -> httpx.Response:
        if time.monotonic() > self._token_until:
            await self._sign_in()
        headers = {"Authorization": f"Bearer {self._token}"}
        answer = await self._client.request(
            method, f"/admin/realms/paivand{path}", json=body, params=params, headers=headers
        )
        if answer.status_code == 401:
            self._token_until = 0.0
        if answer.status_code != allowed:
            answer.raise_for_status()
        return answer

    async def _sign_in(self) -> None:
        form = {"grant_type": "client_credentials", **client_assertion(CLIENT_ID, self._key, self._issuer)}
        answer = await self._client.post("/realms/paivand/protocol/openid-connect/token", data=form)
        given: Json = answer.raise_for_status().json()
        self._token = given["access_token"]
        self._token_until = time.monotonic() + given["expires_in"] / 2
