"""What referral events cause: inbox entries, and deliveries to those who asked for them, in one transaction."""

from collections.abc import Sequence

from paivand_contracts.referral import ReferralEventBase
from paivand_kit.listener import announce
from sqlalchemy.ext.asyncio import AsyncSession

from ..channels import DELIVERIES, INBOX
from ..deliveries import service as deliveries
from ..email import service as email
from ..webhooks import service as webhooks
from . import service


async def handle_referral_events(session: AsyncSession, events: Sequence[ReferralEventBase]) -> None:
    """Handles a batch, under the consumer's cursor lock."""
    concerned = await service.record(session, events)
    wanted = [*await email.targets_of(session, concerned), *await webhooks.targets_of(session, events)]
    await deliveries.enqueue(session, wanted)
    await announce(session, INBOX, DELIVERIES)
