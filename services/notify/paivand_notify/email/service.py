"""Use cases of e-mail."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from paivand_contracts.codes import Role
from paivand_contracts.envelope import Event, new_id
from paivand_contracts.problems import ProblemType
from paivand_kit.caller import Caller
from paivand_kit.database import Database
from paivand_kit.inputs import EmailAddress
from paivand_kit.problems import ProblemError, not_found
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from ..deliveries import service as deliveries
from ..deliveries.rules import Channel
from ..deliveries.service import Target
from ..inbox.news import News
from ..inbox.rules import Audience
from ..inbox.service import inboxes_of
from ..members import service as members
from . import repository
from .rules import wants
from .schemas import EmailSubscriptionPut
from .tables import EmailSubscriptionRow

# Longer than any token lasts, so that one given before cannot ask again.
DEPARTURE_COUNTS = timedelta(hours=1)
address_of: TypeAdapter[str] = TypeAdapter(cast(Any, EmailAddress))


async def subscribe(session: AsyncSession, caller: Caller, request: EmailSubscriptionPut) -> EmailSubscriptionRow:
    """Makes or replaces the caller's subscription.

    Raises:
        ProblemError: `forbidden`, when the token names no verified address, or no inbox to tell of, or when the
            organization takes part no more or the account was removed from it since the token was given.
    """
    inboxes_of(caller)
    await members.check_active(session, caller)
    if await repository.has_left_unscoped(session, caller.subject, caller.organization_id, within=DEPARTURE_COUNTS):
        raise ProblemError(ProblemType.FORBIDDEN, "This account was removed from its organization.")
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


async def targets_of(session: AsyncSession, news: Sequence[News]) -> list[tuple[Event, Target]]:
    """Which subscribers get a mail about which event."""
    audiences = [audience for each in news for audience in each.audiences]
    subscriptions = await repository.list_of_audiences_unscoped(
        session, {each for each in audiences if each is not None}, with_coordinators=None in audiences
    )
    return [
        (each.event, Target(Channel.EMAIL, row.id, row.organization_id))
        for each in news
        for row in subscriptions
        if _is_among(row, each.audiences)
        and wants(each.kind, each.priority, kinds=row.kinds, is_only_urgent=row.is_only_urgent)
    ]


def _is_among(row: EmailSubscriptionRow, audiences: Sequence[Audience]) -> bool:
    return (row.is_coordinator and None in audiences) or (
        row.organization_id is not None and row.organization_id in audiences
    )


async def end_of_organizations(session: AsyncSession, organization_ids: Collection[UUID]) -> None:
    """Ends the subscriptions of everybody in organizations that take part no more.

    They do not come back with the organization: who still works there asks again, and so shows that it is so.
    """
    await _drop(session, await repository.delete_of_organizations_unscoped(session, organization_ids))


async def end_of_person(session: AsyncSession, subject: str, organization_id: UUID) -> None:
    """Ends the subscription of somebody who left an organization, and keeps the last token from asking again."""
    await repository.note_departure(session, subject, organization_id)
    await _drop(session, await repository.delete_of_person_unscoped(session, subject, organization_id))


async def forget_departures(database: Database) -> None:
    """Deletes what guards against tokens that have long expired. Safe in several replicas."""
    async with database.transaction() as session:
        await repository.delete_departures_before_unscoped(session, age=DEPARTURE_COUNTS)


async def _drop(session: AsyncSession, subscription_ids: Sequence[UUID]) -> None:
    for subscription_id in subscription_ids:
        await deliveries.drop_pending(session, subscription_id)
