"""Runs a service's application inside the test: its lifespan with all jobs, and a client that speaks to it."""

import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from copy import copy
from typing import Any, Self
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI
from paivand_contracts.codes import Role
from pydantic import SecretStr

from tests.factories import tokens

IDEMPOTENCY_SECRET = SecretStr("of no service that anybody uses, but long enough")


@asynccontextmanager
async def running(app: FastAPI) -> AsyncGenerator[httpx.AsyncClient]:
    """A client of the application while its lifespan runs."""
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield client


class Person:
    """Somebody with a token, who asks through a client; each POST gets an Idempotency-Key of its own."""

    def __init__(
        self, client: httpx.AsyncClient, *, organization_id: UUID | None, roles: tuple[Role, ...] = (Role.MEMBER,)
    ) -> None:
        self._client = client
        self.organization_id, self._roles = organization_id, roles
        self.subject = str(uuid4())
        self.headers = self._bearer()

    def _bearer(self, **claims: Any) -> dict[str, str]:
        return tokens.bearer(organization_id=self.organization_id, roles=self._roles, subject=self.subject, **claims)

    def with_second_factor(self) -> Self:
        """The same person, freshly signed in with a second factor."""
        strong = copy(self)
        strong.headers = self._bearer(acr="2", amr=["pwd", "otp"], auth_time=int(time.time()))
        return strong

    def with_role(self, role: Role) -> Self:
        """A colleague in another role."""
        return type(self)(self._client, organization_id=self.organization_id, roles=(role,))

    async def get(self, path: str, **parameters: Any) -> httpx.Response:
        return await self._client.get(path, params=parameters, headers=self.headers)

    async def put(self, path: str, body: Any, *, etag: str | None = None) -> httpx.Response:
        headers = {**self.headers, "If-Match": etag} if etag is not None else self.headers
        return await self._client.put(path, json=body, headers=headers)

    async def delete(self, path: str, *, etag: str | None = None) -> httpx.Response:
        headers = {**self.headers, "If-Match": etag} if etag is not None else self.headers
        return await self._client.delete(path, headers=headers)

    async def post(
        self, path: str, body: Any = None, *, key: str | None = None, etag: str | None = None
    ) -> httpx.Response:
        headers = {**self.headers, "Idempotency-Key": key or str(uuid4())}
        if etag is not None:
            headers["If-Match"] = etag
        return await self._client.post(path, json=body, headers=headers)

    async def patch(self, path: str, body: Any, *, etag: str | None = None) -> httpx.Response:
        headers = self.headers if etag is None else {**self.headers, "If-Match": etag}
        return await self._client.patch(path, json=body, headers=headers)
