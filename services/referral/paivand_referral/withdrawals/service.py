"""Use cases of the withdrawals."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from paivand_contracts.codes import ReferralStatus
from paivand_contracts.envelope import new_id, now
from paivand_contracts.problems import ProblemType
from paivand_contracts.referral import ReferralConsentEnded, ReferralConsentRenewed
from paivand_kit.audit import trail as audit
from paivand_kit.caller import Caller
from paivand_kit.outbox import emit
from paivand_kit.preconditions import check_version
from paivand_kit.problems import ProblemError
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from ..consents import service as consents
from ..consents.rules import ConsentEnd, ConsentStatus, scopes
from ..consents.tables import ConsentRow
from ..referrals import service as referrals
from ..referrals.rules import AFTER_CONSENT, OPEN
from ..vault.service import Vault
from . import repository

SYSTEM = "system"


async def withdraw(
    session: AsyncSession, caller: Caller, case_id: UUID, consent_id: UUID, expected: int | None
) -> ConsentRow:
    """Ends a consent of an own case, and with it what stands on it."""
    consent = await consents.lock(session, caller, case_id, consent_id)
    check_version(expected, consent.version)
    audit.note(session, case_id=case_id, consent_id=consent_id)
    if consent.status != ConsentStatus.ACTIVE:
        raise ProblemError(ProblemType.CONFLICT, "This consent has ended already.")
    at = now()
    await consents.end(session, [consent_id], ConsentEnd.WITHDRAWN, by=caller.subject, at=at)
    await _end_referrals(session, [(consent_id, case_id)], ConsentEnd.WITHDRAWN, by=caller.subject, at=at)
    return await consents.reread(session, consent)


async def expire(session: AsyncSession, *, limit: int) -> int:
    """Ends consents whose time has passed, once each; says how many it found."""
    at = now()
    ended = await consents.claim_expired(session, at=at, limit=limit)
    if ended:
        await consents.end(session, [each for each, _ in ended], ConsentEnd.EXPIRED, by=SYSTEM, at=at)
        for consent_id, case_id in ended:
            await audit.record(
                session, None, "expire_consent", "consents", consent_id, case_id=case_id, consent_id=consent_id
            )
        await _end_referrals(session, ended, ConsentEnd.EXPIRED, by=SYSTEM, at=at)
    return len(ended)


async def _end_referrals(
    session: AsyncSession, ended: Sequence[tuple[UUID, UUID]], ended_as: ConsentEnd, *, by: str, at: datetime
) -> None:
    """Takes back what was shown on the strength of these consents (id, case), and tells both sides of each referral."""
    values = {
        "consent_ids": [consent_id for consent_id, _ in ended],
        "case_ids": [case_id for _, case_id in ended],
        "ended_as": ended_as.value,
        "reason": f"consent-{ended_as.value}",
        "sources": [source.value for source in AFTER_CONSENT],
        "targets": [target.value for target in AFTER_CONSENT.values()],
        "by": by,
        "at": at,
    }
    rows = await repository.end_consent_unscoped(session, values)
    told = [
        ReferralConsentEnded(
            subject=str(row["id"]),
            time=at,
            data=referrals.facts_of(row, status=ReferralStatus(row["status"]), version=row["version"]),
        )
        for row in rows
    ]
    if told:
        await emit(session, *told)


async def renew(
    session: AsyncSession, vault: Vault, caller: Caller, referral_id: UUID, expected: int | None, consent_id: UUID
) -> Mapping[str, Any]:
    """Puts an open referral whose consent has ended on another one that covers what it shows."""
    referral = await referrals.lock(session, caller, referral_id)
    if referral["requester_organization_id"] != caller.organization():
        raise ProblemError(ProblemType.FORBIDDEN, "Only the requester of the referral can name another consent.")
    check_version(expected, referral["version"])
    if referral["status"] not in OPEN or referrals.consent_ended(referral) is None:
        raise ProblemError(
            ProblemType.TRANSITION_NOT_ALLOWED,
            "Only an open referral whose consent has ended can be put on another one.",
            allowed=[],
        )
    shown = referrals.shown(referral["summary"])
    lacks, consent = await consents.lacking(
        session,
        caller.organization(),
        referral["case_id"],
        consent_id,
        referral["service_id"],
        shown,
        is_onward=referral["part_of"] is not None,
    )
    if lacks:
        raise consents.not_covering(lacks)
    audit.note(session, case_id=referral["case_id"], consent_id=consent_id)
    await _renew(session, caller, referral, consent, shown)
    return await referrals.read_referral(session, vault, caller, referral_id)


async def _renew(
    session: AsyncSession, caller: Caller, referral: RowMapping, consent: RowMapping, shown: list[str]
) -> None:
    at = now()
    values = {
        "id": referral["id"],
        "consent_id": consent["id"],
        "consent_until": consent["valid_until"],
        "consent_given_at": consent["given_at"],
        "consent_scope": scopes(consent["purposes"], consent["categories"]),
        "disclosure_id": new_id(),
        "shown": shown,
        "by": caller.subject,
        "at": at,
    }
    await repository.renew_consent(session, values)
    version = referral["version"] + 1
    facts = referrals.facts_of(referral, status=ReferralStatus(referral["status"]), version=version)
    await emit(session, ReferralConsentRenewed(subject=str(referral["id"]), time=at, data=facts))
