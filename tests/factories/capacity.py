"""Makers of capacity and holds."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
from paivand_contracts.envelope import now

from tests.factories.directory import admit, key, manager_of, publish


class Shelter:
    """An organization with one service and one capacity, as its manager works with it."""

    def __init__(self, client: httpx.AsyncClient, organization_id: UUID, service_id: str, capacity_id: str) -> None:
        self.client, self.organization_id = client, organization_id
        self.service_id, self.capacity_id = service_id, capacity_id
        self.headers = manager_of(organization_id)
        self.path = f"/directory/v1/capacities/{capacity_id}"

    async def figures(self) -> dict[str, Any]:
        """What the capacity is now."""
        return (await self.client.get(self.path, headers=self.headers)).raise_for_status().json()

    async def count(self, etag: str = "*", **fields: Any) -> httpx.Response:
        """Counts anew."""
        return await self.client.patch(self.path, json=fields, headers=self.headers | {"If-Match": etag})

    async def place(self, quantity: int = 1, *, seconds: float = 600, hold_id: UUID | None = None) -> httpx.Response:
        """Keeps room for so long."""
        body = {"quantity": quantity, "until": (now() + timedelta(seconds=seconds)).isoformat()}
        path = f"{self.path}/holds/{hold_id or uuid4()}"
        return await self.client.put(path, json=body, headers=self.headers)

    async def act(self, hold_id: str, action: str, *, etag: str = "*") -> httpx.Response:
        """Confirms or releases."""
        headers = self.headers | key() | {"If-Match": etag}
        return await self.client.post(f"/directory/v1/holds/{hold_id}/{action}", headers=headers)


async def a_shelter(client: httpx.AsyncClient, maximum: int = 3, **fields: Any) -> Shelter:
    """A new organization with one capacity."""
    organization_id = await admit(client)
    service = await publish(client, organization_id)
    answer = await client.post(
        f"/directory/v1/services/{service['id']}/capacities",
        json={"unit": "bed", "name": "Beds", "maximum": maximum} | fields,
        headers=manager_of(organization_id) | key(),
    )
    return Shelter(client, organization_id, service["id"], answer.raise_for_status().json()["id"])
