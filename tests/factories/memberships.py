"""Makers of memberships, as two coordinators make them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
from paivand_contracts.codes import Role

from tests.factories.directory import key
from tests.factories.tokens import bearer

PATH = "/directory/v1/memberships"
FIRST, SECOND = (bearer(roles=(Role.COORDINATOR,), subject=f"coordinator-{n}") for n in (1, 2))


def today() -> date:
    """The day in UTC."""
    return datetime.now(UTC).date()


def an_application(**fields: Any) -> dict[str, Any]:
    """Body of POST /memberships."""
    return {
        "name": f"Panoh {uuid4()}",
        "description": "Helps people.",
        "manager_email": f"{uuid4()}@example.org",
        "reason": "Wrote to us.",
    } | fields


async def apply(client: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    """A new application."""
    answer = await client.post(PATH, json=an_application(**fields), headers=FIRST | key())
    assert answer.status_code == 201, answer.text
    return answer.json()


async def act(
    client: httpx.AsyncClient, membership: dict[str, Any], action: str, who: dict[str, str], body: Any = None
) -> httpx.Response:
    """A coordinator's action."""
    headers = who | key() | {"If-Match": f'"{membership["version"]}"'}
    return await client.post(f"{PATH}/{membership['id']}/{action}", json=body or {"reason": "So."}, headers=headers)


async def sign(client: httpx.AsyncClient, membership: dict[str, Any], days: int = 365) -> dict[str, Any]:
    """The membership with both agreements signed."""
    for kind in ("data-protection", "code-of-conduct"):
        body = {
            "kind": kind,
            "agreement_version": "2026-1",
            "signed_on": str(today()),
            "expires_on": str(today() + timedelta(days=days)),
        }
        membership = (await act(client, membership, "agreements", FIRST, body)).raise_for_status().json()
    return membership


async def activate(client: httpx.AsyncClient, days: int = 365, **fields: Any) -> dict[str, Any]:
    """An active membership."""
    membership = await sign(client, await apply(client, **fields), days)
    membership = (await act(client, membership, "review", FIRST)).raise_for_status().json()
    return (await act(client, membership, "activate", SECOND)).raise_for_status().json()
