"""Makers of directory entries and of the people who keep them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import httpx
from paivand_contracts.codes import Role

from tests.factories.tokens import bearer


def coordinator() -> dict[str, str]:
    """Headers of a network coordinator, who belongs to no member organization."""
    return bearer(roles=(Role.COORDINATOR,))


def manager_of(organization_id: UUID) -> dict[str, str]:
    """Headers of a person who runs the organization's data and works with referrals."""
    return bearer(organization_id=organization_id, roles=(Role.MEMBER, Role.MANAGER))


def member_of(organization_id: UUID) -> dict[str, str]:
    """Headers of a person who works with referrals."""
    return bearer(organization_id=organization_id, roles=(Role.MEMBER,))


def key() -> dict[str, str]:
    """A fresh Idempotency-Key."""
    return {"Idempotency-Key": str(uuid4())}


def an_organization(**fields: Any) -> dict[str, Any]:
    """Body of PUT /organizations/{id}."""
    return {"name": f"Organization {uuid4()}", "description": "Helps people."} | fields


def a_service(**fields: Any) -> dict[str, Any]:
    """Body of POST /services."""
    return {"name": f"Service {uuid4()}", "taxonomy_terms": ["shelter"]} | fields


async def admit(client: httpx.AsyncClient, **fields: Any) -> UUID:
    """Id of a new member organization."""
    organization_id = uuid4()
    path = f"/directory/v1/organizations/{organization_id}"
    (await client.put(path, json=an_organization(**fields), headers=coordinator())).raise_for_status()
    return organization_id


async def publish(client: httpx.AsyncClient, organization_id: UUID, **fields: Any) -> Mapping[str, Any]:
    """A new service of the organization."""
    headers = manager_of(organization_id) | key()
    answer = await client.post("/directory/v1/services", json=a_service(**fields), headers=headers)
    return answer.raise_for_status().json()


def a_location(**fields: Any) -> dict[str, Any]:
    """Body of POST /locations: a shelter's, redacted by default."""
    return {
        "location_type": "physical",
        "region": "Khatlon",
        "district": "Bokhtar",
        "country": "TJ",
        "name": f"House {uuid4()}",
        "description": "Behind the green bazaar",
        "latitude": 37.8361,
        "longitude": 68.7806,
        "addresses": [
            {
                "address_1": "12 Hidden Street",
                "city": "Bokhtar",
                "state_province": "Khatlon",
                "postal_code": "735140",
                "country": "TJ",
            }
        ],
        "phones": [{"number": "+992 44 600 11 22", "languages": [{"code": "tg"}, {"code": "ru"}]}],
        "accessibility": [{"description": "A ramp at the back"}],
        "contacts": [{"name": "Duty officer", "phones": [{"number": "+992 44 600 33 44"}]}],
        "schedules": [{"freq": "WEEKLY", "byday": "MO,TU", "opens_at": "09:00+05:00", "closes_at": "17:00+05:00"}],
    } | fields


async def locate(client: httpx.AsyncClient, organization_id: UUID, **fields: Any) -> Mapping[str, Any]:
    """A new location of the organization."""
    headers = manager_of(organization_id) | key()
    answer = await client.post("/directory/v1/locations", json=a_location(**fields), headers=headers)
    return answer.raise_for_status().json()
