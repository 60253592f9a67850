"""Sends events to webhooks: CloudEvents 1.0 (structured JSON), signed by Standard Webhooks."""

import asyncio
import json

import httpcore
import httpx
from cryptography.fernet import InvalidToken
from paivand_contracts.envelope import now
from paivand_kit.database import Database
from paivand_kit.telemetry import current_traceparent

from ..deliveries.rules import Outcome, Result
from ..deliveries.tables import DeliveryRow
from . import repository
from .connections import AddressNotAllowedError, GuardedBackend, NameNotFoundError
from .secrets import SecretBox, sign
from .tables import WebhookRow

ANSWER_SECONDS = 15.0
GONE = 410


class WebhookSender:
    """Sends one delivery as one POST. Only the status of the answer counts; its body is not read."""

    def __init__(self, database: Database, box: SecretBox, *, allow_private: bool) -> None:
        self._database, self._box, self._allow_private = database, box, allow_private
        # httpcore rather than httpx: it follows no redirects, asks the environment for no proxy, and lets us connect.
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=httpx.create_ssl_context(),
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=5,
            network_backend=GuardedBackend(allow_private=allow_private),
        )

    async def __call__(self, delivery: DeliveryRow) -> Outcome:
        """One attempt."""
        async with self._database.transaction() as session:
            webhook = await repository.get_unscoped(session, delivery.target_id)
        if webhook is None or webhook.status != "active":
            return Outcome(Result.REFUSED, "webhook-disabled")
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                status = await self._post(webhook, delivery)
        except (TimeoutError, httpcore.TimeoutException):
            return Outcome(Result.RETRY, "timeout")
        except AddressNotAllowedError:
            return Outcome(Result.REFUSED, "address-not-allowed")
        except NameNotFoundError:
            return Outcome(Result.RETRY, "name-not-found")
        except InvalidToken:
            return Outcome(Result.REFUSED, "secret-unreadable")
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError):
            return Outcome(Result.RETRY, "unreachable")
        return await self._judge(webhook, status)

    async def _judge(self, webhook: WebhookRow, status: int) -> Outcome:
        if 200 <= status < 300:
            return Outcome(Result.DELIVERED, "http-status", status)
        if status == GONE:
            async with self._database.transaction() as session:
                await repository.disable_unscoped(session, webhook.id)
            return Outcome(Result.REFUSED, "gone", status)
        return Outcome(Result.RETRY, "http-status", status)

    async def _post(self, webhook: WebhookRow, delivery: DeliveryRow) -> int:
        url = httpx.URL(webhook.url)
        if url.scheme != "https" and not self._allow_private:
            raise AddressNotAllowedError
        body = json.dumps(delivery.event, ensure_ascii=False, separators=(",", ":"))
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        timeouts = dict.fromkeys(("connect", "read", "write", "pool"), ANSWER_SECONDS)
        async with self._pool.stream(
            "POST",
            target,
            headers=[(b"host", url.netloc), *self._headers(webhook, delivery, body)],
            content=body.encode(),
            extensions={"timeout": timeouts},
        ) as response:
            return response.status

    def _headers(self, webhook: WebhookRow, delivery: DeliveryRow, body: str) -> list[tuple[bytes, bytes]]:
        at, message_id = now(), str(delivery.id)
        secrets = [self._box.open(webhook.secret)]
        if webhook.previous_secret and webhook.previous_secret_until and at < webhook.previous_secret_until:
            secrets.append(self._box.open(webhook.previous_secret))
        headers = {
            "content-type": "application/cloudevents+json; charset=utf-8",
            "user-agent": "Paivand-Webhooks/1",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": sign(secrets, message_id=message_id, at=at, body=body),
            "traceparent": current_traceparent(),
        }
        return [(name.encode(), value.encode()) for name, value in headers.items() if value is not None]

    async def close(self) -> None:
        """Closes the connections."""
        await self._pool.aclose()
