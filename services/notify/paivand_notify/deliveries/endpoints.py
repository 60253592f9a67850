"""HTTP of dead letters."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from paivand_kit.database import Session
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.pagination import Page, PageQuery

from ..permissions import ManageWebhooks
from . import service
from .schemas import Delivery
from .tables import DeliveryRow

router = APIRouter(prefix="/notify/v1/dead-letters", tags=["dead letters"], route_class=IdempotentRoute)


@router.get("", response_model=Page[Delivery])
async def list_dead_letters(caller: ManageWebhooks, session: Session, page: PageQuery) -> dict[str, Any]:
    """Your organization's deliveries that were refused or failed at every attempt, newest first."""
    return await service.read_dead_page(session, caller, page)


@router.post("/{delivery_id}/redeliver", response_model=Delivery)
async def redeliver_dead_letter(caller: ManageWebhooks, session: Session, delivery_id: UUID) -> DeliveryRow:
    """Sends a dead letter again, with all its attempts before it."""
    return await service.redeliver(session, caller, delivery_id)
