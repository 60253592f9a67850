"""HTTP of the withdrawals."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from paivand_kit.database import Session
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.preconditions import IfMatch, tagged

from ..consents.schemas import Consent
from ..consents.tables import ConsentRow
from ..permissions import SendReferrals, WithdrawConsents
from ..referrals.schemas import Referral
from ..vault.door import OpenVault
from . import service
from .schemas import ConsentRenewal

router = APIRouter(prefix="/referral/v1", tags=["consents"], route_class=IdempotentRoute)


# The caller first: whoever is nobody is told nothing else.
@router.post("/cases/{case_id}/consents/{consent_id}/withdraw", response_model=Consent)
async def withdraw_consent(
    case_id: UUID,
    consent_id: UUID,
    caller: WithdrawConsents,
    expected: IfMatch,
    session: Session,
    response: Response,
) -> ConsentRow:
    """Says that the person no longer agrees. It takes effect at once.

    The other parties see number and state only. What was requested is cancelled, what was accepted is on hold, and
    both sides are told. `/disclosures?consent_id=` lists what was shown before.
    """
    consent = await service.withdraw(session, caller, case_id, consent_id, expected)
    return tagged(consent, response)


@router.post("/referrals/{referral_id}/renew-consent", response_model=Referral)
async def renew_consent(
    referral_id: UUID,
    renewal: ConsentRenewal,
    caller: SendReferrals,
    expected: IfMatch,
    session: Session,
    vault: OpenVault,
    response: Response,
) -> Mapping[str, Any]:
    """Lets an open referral whose consent has ended go on, on a new consent (requester).

    The owner sees the case again and can resume.
    """
    referral = await service.renew(session, vault, caller, referral_id, expected, renewal.consent_id)
    return tagged(referral, response)
