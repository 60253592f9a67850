"""Runs a service's application inside the test: its lifespan with all jobs, and a client that speaks to it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any
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
        self.organization_id = organization_id
        self.subject = str(uuid4())
        self.headers = tokens.bearer(organization_id=organization_id, roles=roles, subject=self.subject)

    async def get(self, path: str, **parameters: Any) -> httpx.Response:
        return await self._client.get(path, params=parameters, headers=self.headers)

    async def post(
        self, path: str, body: Any = None, *, key: str | None = None, etag: str | None = None
    ) -> httpx.Response:
        headers = {**self.headers, "Idempotency-Key": key or str(uuid4())}
        if etag is not None:
            headers["If-Match"] = etag
        return await self._client.post(path, json=body, headers=headers)
