"""Follows the referrals, to know their parties."""

from collections.abc import Sequence

from paivand_contracts.referral import ReferralEvent
from sqlalchemy.ext.asyncio import AsyncSession

from . import repository


async def handle_referral_events(session: AsyncSession, events: Sequence[ReferralEvent]) -> None:
    """Takes over what the referral service states, in its order."""
    await repository.put_parties(session, [event.data for event in events])
