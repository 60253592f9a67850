"""What events cause: inbox entries, and deliveries to those who asked for them, in one transaction."""

from collections.abc import Sequence
from typing import Annotated, Any, cast

from paivand_contracts.audit import UnusualReadingFound
from paivand_contracts.capacity import CapacityEvent
from paivand_contracts.directory import DirectoryEvent, DirectoryEventBase, OrganizationChanged
from paivand_contracts.hearings import HearingEvent, HearingEventBase, HearingNoticeBase
from paivand_contracts.membership import MembershipEvent, PersonRemoved
from paivand_contracts.referral import ReferralEvent, ReferralEventBase
from paivand_kit.listener import announce
from pydantic import Field, TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from ..channels import DELIVERIES, INBOX
from ..deliveries import service as deliveries
from ..email import service as email
from ..members import service as members
from ..webhooks import service as webhooks
from . import service
from .news import TOLD, News, news_of

_AnyEvent = Annotated[DirectoryEvent | CapacityEvent | MembershipEvent, Field(discriminator="type")]
directory_event: TypeAdapter[Any] = TypeAdapter(cast(Any, _AnyEvent))
_OfReferral = Annotated[ReferralEvent | HearingEvent | UnusualReadingFound, Field(discriminator="type")]
referral_event: TypeAdapter[Any] = TypeAdapter(cast(Any, _OfReferral))


async def handle_referral_events(
    session: AsyncSession,
    events: Sequence[ReferralEventBase | HearingEventBase | HearingNoticeBase | UnusualReadingFound],
) -> None:
    """Handles a batch, under the consumer's cursor lock."""
    await _tell(session, [news_of(event) for event in events])


async def handle_directory_events(session: AsyncSession, events: Sequence[DirectoryEventBase]) -> None:
    """The same for the directory's. Whoever takes part no more loses what was asked for; that comes last."""
    await _tell(session, [news_of(event) for event in events if isinstance(event, TOLD)])
    changes = [event.data for event in events if isinstance(event, OrganizationChanged)]
    inactive = await members.follow(session, changes)
    if inactive:
        await webhooks.disable_of_organizations(session, inactive)
        await email.end_of_organizations(session, inactive)
    for event in events:
        if isinstance(event, PersonRemoved):
            await email.end_of_person(session, event.data.user_id, event.data.organization_id)


async def _tell(session: AsyncSession, news: Sequence[News]) -> None:
    if not news:
        return
    await service.record(session, news)
    wanted = [*await email.targets_of(session, news), *await webhooks.targets_of(session, news)]
    await deliveries.enqueue(session, wanted)
    await announce(session, INBOX, DELIVERIES)
