"""HTTP of the caller's own e-mail subscription."""

from fastapi import APIRouter
from paivand_kit.database import Session
from paivand_kit.idempotency import IdempotentRoute

from ..permissions import SubscribeEmail
from . import service
from .schemas import EmailSubscription, EmailSubscriptionPut
from .tables import EmailSubscriptionRow

router = APIRouter(prefix="/notify/v1/email-subscription", tags=["e-mail"], route_class=IdempotentRoute)


@router.get("", response_model=EmailSubscription)
async def read_subscription(caller: SubscribeEmail, session: Session) -> EmailSubscriptionRow:
    """Your e-mail subscription."""
    return await service.read(session, caller)


# No If-Match: nobody but the caller can change it, and the whole of it is replaced.
@router.put("", response_model=EmailSubscription)
async def subscribe(caller: SubscribeEmail, session: Session, body: EmailSubscriptionPut) -> EmailSubscriptionRow:
    """Asks for e-mail about what comes to your inbox, or changes what you asked for."""
    return await service.subscribe(session, caller, body)


@router.delete("", status_code=204)
async def unsubscribe(caller: SubscribeEmail, session: Session) -> None:
    """Ends your e-mail subscription."""
    await service.unsubscribe(session, caller)
