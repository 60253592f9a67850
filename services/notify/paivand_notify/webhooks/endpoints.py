"""HTTP of webhooks."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from paivand_kit.database import Session
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.pagination import Page, PageQuery
from paivand_kit.preconditions import IfMatch, etag, tagged
from pydantic import BaseModel, Field

from ..deliveries.schemas import Delivery
from ..permissions import ManageWebhooks
from . import service
from .schemas import Webhook, WebhookCreate, WebhookPatch, WebhookWithSecret
from .tables import WebhookRow

router = APIRouter(prefix="/notify/v1/webhooks", tags=["webhooks"], route_class=IdempotentRoute)


async def _use_cases(request: Request) -> service.Webhooks:
    return request.app.state.webhooks


UseCases = Annotated[service.Webhooks, Depends(_use_cases)]


class Ping(BaseModel):
    """A test event on its way."""

    event_id: UUID = Field(description="Find it among the webhook's deliveries.")


def _shown_once(request: Request, webhook: WebhookRow, secret: str) -> dict[str, Any]:
    """The answer with the secret in it, which must not be kept in the clear with the idempotency key."""
    request.state.once.withheld = ("secret",)
    return {**Webhook.model_validate(webhook).model_dump(), "secret": secret}


@router.post("", response_model=WebhookWithSecret, status_code=201)
async def add_webhook(
    caller: ManageWebhooks,
    session: Session,
    webhooks: UseCases,
    body: WebhookCreate,
    request: Request,
    response: Response,
) -> dict[str, Any]:
    """Adds a webhook for your organization. The answer shows the signing secret, this once."""
    webhook, secret = await webhooks.add(session, caller, body)
    response.headers["ETag"] = etag(webhook.version)
    response.headers["Location"] = f"{router.prefix}/{webhook.id}"
    return _shown_once(request, webhook, secret)


@router.get("", response_model=Page[Webhook])
async def list_webhooks(caller: ManageWebhooks, session: Session, page: PageQuery) -> dict[str, Any]:
    """Your organization's webhooks, newest first."""
    return await service.read_page(session, caller, page)


@router.get("/{webhook_id}", response_model=Webhook)
async def read_webhook(caller: ManageWebhooks, session: Session, webhook_id: UUID, response: Response) -> WebhookRow:
    """One webhook of your organization."""
    webhook = await service.read(session, caller, webhook_id)
    return tagged(webhook, response)


@router.patch("/{webhook_id}", response_model=Webhook)
async def change_webhook(
    caller: ManageWebhooks,
    session: Session,
    webhooks: UseCases,
    webhook_id: UUID,
    expected: IfMatch,
    body: WebhookPatch,
    response: Response,
) -> WebhookRow:
    """Changes a webhook of your organization."""
    webhook = await webhooks.change(session, caller, webhook_id, expected, body)
    return tagged(webhook, response)


@router.delete("/{webhook_id}", status_code=204)
async def remove_webhook(caller: ManageWebhooks, session: Session, webhook_id: UUID, expected: IfMatch) -> None:
    """Deletes a webhook; what was still to go to it is dropped."""
    await service.remove(session, caller, webhook_id, expected)


@router.post("/{webhook_id}/rotate-secret", response_model=WebhookWithSecret)
async def rotate_webhook_secret(
    caller: ManageWebhooks,
    session: Session,
    webhooks: UseCases,
    webhook_id: UUID,
    expected: IfMatch,
    request: Request,
    response: Response,
) -> dict[str, Any]:
    """Makes a new secret and shows it, this once. For 24 hours both secrets sign, so that you can change over."""
    webhook, secret = await webhooks.rotate_secret(session, caller, webhook_id, expected)
    response.headers["ETag"] = etag(webhook.version)
    return _shown_once(request, webhook, secret)


@router.post("/{webhook_id}/test", response_model=Ping, status_code=202)
async def test_webhook(caller: ManageWebhooks, session: Session, webhook_id: UUID) -> Ping:
    """Sends a test event to the webhook."""
    return Ping(event_id=await service.ping(session, caller, webhook_id))


@router.get("/{webhook_id}/deliveries", response_model=Page[Delivery])
async def list_webhook_deliveries(
    caller: ManageWebhooks, session: Session, webhook_id: UUID, page: PageQuery
) -> dict[str, Any]:
    """What went, goes or failed to go to the webhook, newest first."""
    return await service.read_deliveries(session, caller, webhook_id, page)
