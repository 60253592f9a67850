"""Use cases of e-mail."""

from collections.abc import Sequence
from typing import Any, cast

from paivand_contracts.codes import Role
from paivand_contracts.envelope import Event, new_id
from paivand_contracts.problems import ProblemType
from paivand_contracts.referral import ReferralEventBase
from paivand_kit.caller import Caller
from paivand_kit.inputs import EmailAddress
from paivand_kit.problems import ProblemError, not_found
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from ..deliveries import service as deliveries
from ..deliveries.rules import Channel
from ..deliveries.service import Target
from ..inbox.rules import Audience, kind_of
from ..inbox.service import inboxes_of
from . import repository
from .rules import wants
from .schemas import EmailSubscriptionPut
from .tables import EmailSubscriptionRow

address_of: TypeAdapter[str] = TypeAdapter(cast(Any, EmailAddress))


async def subscribe(session: AsyncSession, caller: Caller, request: EmailSubscriptionPut) -> EmailSubscriptionRow:
    """Makes or replaces the caller's subscription.

    Raises:
        ProblemError: `forbidden`, when the token names no verified address, or no inbox to tell of.
    """
    inboxes_of(caller)
    values: dict[str, Any] = {
        "id": new_id(),
        # As in the inbox: an organization's news is for its members and managers.
        "organization_id": caller.organization_id if caller.roles & {Role.MEMBER, Role.MANAGER} else None,
        "is_coordinator": Role.COORDINATOR in caller.roles,
        "address": _verified_address(caller),
        **request.model_dump(),
    }
    return await repository.put(session, caller.subject, values)


def _verified_address(caller: Caller) -> str:
    try:
        return address_of.validate_python(caller.email)
    except ValidationError:
        raise ProblemError(
            ProblemType.FORBIDDEN, "Your account has no verified e-mail address. Verify one, then sign in again."
        ) from None


async def read(session: AsyncSession, caller: Caller) -> EmailSubscriptionRow:
    """The caller's subscription. Raises `not-found`."""
    subscription = await repository.get(session, caller.subject)
    if subscription is None:
        raise not_found("e-mail subscription")
    return subscription


async def unsubscribe(session: AsyncSession, caller: Caller) -> None:
    """Ends the caller's subscription, and drops mails that have not gone out. Without one it does nothing."""
    subscription_id = await repository.delete_of(session, caller.subject)
    if subscription_id is not None:
        await deliveries.drop_pending(session, subscription_id)


async def targets_of(
    session: AsyncSession, concerned: Sequence[tuple[ReferralEventBase, Audience]]
) -> list[tuple[Event, Target]]:
    """Which subscribers get a mail about which event."""
    organizations = {audience for _, audience in concerned if audience is not None}
    subscriptions = await repository.list_of_audiences_unscoped(
        session, organizations, with_coordinators=any(audience is None for _, audience in concerned)
    )
    wanted: list[tuple[Event, Target]] = []
    for event, audience in concerned:
        kind = kind_of(event.type)
        wanted += [
            (event, Target(Channel.EMAIL, row.id, row.organization_id))
            for row in subscriptions
            if (row.is_coordinator if audience is None else row.organization_id == audience)
            and wants(kind, event.data.priority, kinds=row.kinds, is_only_urgent=row.is_only_urgent)
        ]
    return wanted
