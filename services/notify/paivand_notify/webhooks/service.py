"""Use cases of webhooks."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
from paivand_contracts.envelope import Event, new_id, now
from paivand_contracts.problems import ProblemType
from paivand_kit.caller import Caller
from paivand_kit.listener import announce
from paivand_kit.pagination import PageRequest
from paivand_kit.preconditions import check_version
from paivand_kit.problems import ProblemError, invalid, not_found
from sqlalchemy.ext.asyncio import AsyncSession

from ..channels import DELIVERIES
from ..deliveries import service as deliveries
from ..deliveries.rules import Channel
from ..deliveries.service import Target
from ..inbox.news import News
from ..members import service as members
from . import repository
from .connections import AddressNotAllowedError, NameNotFoundError, find_addresses
from .schemas import WebhookCreate, WebhookPatch, WebhookPinged
from .secrets import SecretBox, is_secret, new_secret
from .tables import WebhookRow

MOST_PER_ORGANIZATION = 20
PREVIOUS_SECRET_SIGNS = timedelta(hours=24)


class Webhooks:
    """The use cases; holds what they need from the settings."""

    def __init__(self, box: SecretBox, *, allow_private: bool) -> None:
        self._box, self._allow_private = box, allow_private

    async def add(self, session: AsyncSession, caller: Caller, request: WebhookCreate) -> tuple[WebhookRow, str]:
        """A new webhook and its secret, shown this once.

        Raises:
            ProblemError: `invalid` for a URL or secret that is not allowed; `conflict` when there are too many;
                `forbidden` when the organization takes part no more.
        """
        await members.check_active(session, caller)
        await self._check_url(request.url)
        organization_id, secret = caller.organization(), request.secret or new_secret()
        if not is_secret(secret):
            raise invalid("/secret", "secret", "Send `whsec_` and 24 to 64 random bytes in base64, or leave it out.")
        await repository.lock_organization(session, organization_id)
        if await repository.count(session, caller) >= MOST_PER_ORGANIZATION:
            raise ProblemError(
                ProblemType.CONFLICT, f"Your organization has {MOST_PER_ORGANIZATION} webhooks. Delete one first."
            )
        webhook = WebhookRow(
            id=new_id(),
            organization_id=organization_id,
            secret=self._box.lock(secret),
            **request.model_dump(exclude={"secret"}),
        )
        await repository.add(session, webhook)
        return webhook, secret

    async def change(
        self, session: AsyncSession, caller: Caller, webhook_id: UUID, expected: int | None, change: WebhookPatch
    ) -> WebhookRow:
        """Changes what the request names. Raises `not-found`, `stale`, `invalid`; `forbidden` as `add` does."""
        await members.check_active(session, caller)
        values = change.model_dump(exclude_unset=True)
        if "url" in values:
            await self._check_url(change.url)
        webhook = await _lock(session, caller, webhook_id, expected)
        await repository.change(session, webhook, values)
        return webhook

    async def rotate_secret(
        self, session: AsyncSession, caller: Caller, webhook_id: UUID, expected: int | None
    ) -> tuple[WebhookRow, str]:
        """A new secret; the old one signs along for a day. Raises `not-found`, `stale`."""
        webhook, secret = await _lock(session, caller, webhook_id, expected), new_secret()
        values = {
            "secret": self._box.lock(secret),
            "previous_secret": webhook.secret,
            "previous_secret_until": now() + PREVIOUS_SECRET_SIGNS,
        }
        await repository.change(session, webhook, values)
        return webhook, secret

    async def _check_url(self, url: str) -> None:
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL:
            raise invalid("/url", "url", "Send a URL.") from None
        if parsed.scheme != "https" and not (self._allow_private and parsed.scheme == "http"):
            raise invalid("/url", "url_scheme", "Send an https URL.")
        if parsed.userinfo or parsed.fragment or not parsed.host:
            raise invalid("/url", "url", "Send a URL with a host, without user name, password and fragment.")
        try:
            await find_addresses(parsed.raw_host.decode(), parsed.port or 443, allow_private=self._allow_private)
        except NameNotFoundError:
            raise invalid("/url", "url_host", "The host name cannot be found.") from None
        except AddressNotAllowedError:
            raise invalid("/url", "url_address", "The host must have public addresses only.") from None


async def read_page(session: AsyncSession, caller: Caller, page: PageRequest) -> dict[str, Any]:
    """The organization's webhooks, newest first."""
    rows = await repository.list_newest(session, caller, before=page.last(UUID), limit=page.limit + 1)
    return page.page(rows, lambda row: (row.id,))


async def read(session: AsyncSession, caller: Caller, webhook_id: UUID) -> WebhookRow:
    """One webhook. Raises `not-found`."""
    webhook = await repository.get(session, caller, webhook_id)
    if webhook is None:
        raise not_found("webhook")
    return webhook


async def remove(session: AsyncSession, caller: Caller, webhook_id: UUID, expected: int | None) -> None:
    """Deletes a webhook and what was still to go to it. Raises `not-found`, `stale`."""
    webhook = await _lock(session, caller, webhook_id, expected)
    await repository.remove(session, webhook)
    await deliveries.drop_pending(session, webhook_id)


async def ping(session: AsyncSession, caller: Caller, webhook_id: UUID) -> UUID:
    """Queues a test event; its id. Raises `not-found`."""
    webhook = await read(session, caller, webhook_id)
    event = WebhookPinged(subject=str(webhook.id), data={"webhook_id": str(webhook.id)})
    await deliveries.enqueue(session, [(event, _target(webhook))])
    await announce(session, DELIVERIES)
    return event.id


async def read_deliveries(session: AsyncSession, caller: Caller, webhook_id: UUID, page: PageRequest) -> dict[str, Any]:
    """What went, goes or failed to go to a webhook, newest first. Raises `not-found`."""
    await read(session, caller, webhook_id)
    return await deliveries.read_page_of_target(session, caller, webhook_id, page)


async def targets_of(session: AsyncSession, news: Sequence[News]) -> list[tuple[Event, Target]]:
    """Which webhooks get which event: those of both parties, since their systems follow the whole referral."""
    concerned = set[UUID]().union(*(each.organization_ids for each in news))
    webhooks = await repository.list_active_unscoped(session, concerned)
    return [
        (each.event, _target(webhook))
        for each in news
        for webhook in webhooks
        if webhook.organization_id in each.organization_ids
        and (webhook.event_types is None or each.event.type in webhook.event_types)
    ]


async def disable_of_organizations(session: AsyncSession, organization_ids: Collection[UUID]) -> None:
    """Disables the webhooks of organizations that take part no more, and drops what was still to go to them.

    They stay so when the organization comes back: in the meantime its systems may have passed into other hands, so
    its manager turns on each one that is still theirs.
    """
    for webhook_id in await repository.disable_of_organizations_unscoped(session, organization_ids):
        await deliveries.drop_pending(session, webhook_id)


def _target(webhook: WebhookRow) -> Target:
    return Target(Channel.WEBHOOK, webhook.id, webhook.organization_id)


async def _lock(session: AsyncSession, caller: Caller, webhook_id: UUID, expected: int | None) -> WebhookRow:
    webhook = await repository.lock(session, caller, webhook_id)
    if webhook is None:
        raise not_found("webhook")
    check_version(expected, webhook.version)
    return webhook
