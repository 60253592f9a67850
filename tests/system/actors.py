"""People and systems that use the running network from outside: through the gateway, with tokens from Keycloak."""

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
from paivand_local import demonstration
from paivand_local.site import Site

from tests.factories.waiting import until

REFERRALS = "/referral/v1/referrals"
CASE = {"age_band": "18-24", "gender": "female", "languages": ["tg"], "needs": ["legal-representation"]}


class Actor:
    """One signed-in account."""

    def __init__(self, site: Site, username: str) -> None:
        self.username = username
        self.organization_id = str(demonstration.accounts()[username].organization_id)
        self.token = demonstration.token(site, username)
        self.client = httpx.AsyncClient(
            base_url=site.public_url,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=30,
            trust_env=False,
            limits=httpx.Limits(max_connections=100),
        )

    async def get(self, path: str, **query: Any) -> Any:
        """The answer's body; the answer must be 200."""
        answer = await self.client.get(path, params=query)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    async def post(self, path: str, body: Any = None, *, etag: str | None = None, key: str | None = None) -> Any:
        """The answer's body; the answer must be 2xx."""
        answer = await self.try_post(path, body, etag=etag, key=key)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    async def try_post(
        self, path: str, body: Any = None, *, etag: str | None = None, key: str | None = None
    ) -> httpx.Response:
        """Whatever the answer is."""
        headers = {"Idempotency-Key": key or str(uuid4())} | ({"If-Match": etag} if etag else {})
        return await self.client.post(path, json=body, headers=headers)

    async def act(self, referral: Any, action: str, body: Any = None) -> Any:
        """An action on the version at hand."""
        return await self.post(f"{REFERRALS}/{referral['id']}/{action}", body, etag=f'"{referral["version"]}"')

    async def inbox(self) -> list[Any]:
        """All entries of the inbox."""
        entries, cursor = [], {}
        while True:
            page = await self.get("/notify/v1/inbox", limit=200, **cursor)
            entries += page["items"]
            if page["next_cursor"] is None:
                return entries
            cursor = {"cursor": page["next_cursor"]}

    async def told(self, referral_id: str, kind: str) -> Any:
        """The entry about a referral, once it is in the inbox."""
        return await until(lambda: self._entry(referral_id, kind))

    async def _entry(self, referral_id: str, kind: str) -> Any:
        page = await self.get("/notify/v1/inbox", limit=200)
        found = [item for item in page["items"] if (item["referral_id"], item["kind"]) == (referral_id, kind)]
        return found[0] if found else None

    @asynccontextmanager
    async def stream(self, *, last_event_id: str | None = None) -> AsyncGenerator[AsyncIterator[Any]]:
        """The inbox's live stream: an iterator of entries."""
        headers = {"Last-Event-ID": last_event_id} if last_event_id else {}
        async with self.client.stream("GET", "/notify/v1/inbox/stream", headers=headers, timeout=30) as answer:
            assert answer.status_code == 200
            yield _entries(answer)


async def _entries(answer: httpx.Response) -> AsyncIterator[Any]:
    async for line in answer.aiter_lines():
        if line.startswith("data:"):
            yield json.loads(line.removeprefix("data:"))
