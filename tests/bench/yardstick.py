"""What we are measured against: the same write as a plain FastAPI + ORM service, as most teams would first write it.

Same request, same answer, same tables and same token check as `POST /referral/v1/referrals`; no relay, no idempotent
replay, no hand-written SQL. Run by the bench on the referral service's socket, behind the same gateway.
"""

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, FastAPI, Header, HTTPException
from paivand_contracts.envelope import new_id
from paivand_contracts.referral import ReferralFacts, ReferralRequested
from paivand_kit.audit.trail import AuditRow
from paivand_kit.caller import Caller, TokenVerifier
from paivand_kit.idempotency import IdempotencyKeyRow
from paivand_kit.outbox import OutboxRow
from paivand_referral.cases.schemas import CaseProfile
from paivand_referral.cases.tables import CaseRow
from paivand_referral.consents.tables import ConsentRow
from paivand_referral.directory.tables import DirectoryOrganizationRow, DirectoryServiceRow
from paivand_referral.disclosures.tables import DisclosureRow
from paivand_referral.numbers import new_number
from paivand_referral.referrals.schemas import Referral, ReferralCreate
from paivand_referral.referrals.tables import ReferralHistoryRow, ReferralRow
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

# Row-level security is ours; the plain service sees everything.
AS_SERVICE = {"server_settings": {"paivand.scope": "service"}}
engine = create_async_engine(os.environ["PAIVAND_DATABASE_URL"], pool_size=10, connect_args=AS_SERVICE)
sessions = async_sessionmaker(engine, expire_on_commit=False)
verifier = TokenVerifier(
    issuer=os.environ["PAIVAND_ISSUER"], audience="paivand", jwks_url=os.environ["PAIVAND_JWKS_URL"]
)
app = FastAPI()


async def session() -> AsyncIterator[AsyncSession]:
    """One session a request."""
    async with sessions() as opened:
        yield opened


async def caller(authorization: Annotated[str, Header()]) -> Caller:
    """Who asks."""
    return await verifier.verify(authorization.removeprefix("Bearer "))


@app.get("/health/ready")
async def ready() -> dict[str, str]:
    """Serves."""
    return {"status": "ok"}


@app.post("/referral/v1/referrals", status_code=201)
async def create(
    new: ReferralCreate,
    who: Annotated[Caller, Depends(caller)],
    db: Annotated[AsyncSession, Depends(session)],
    idempotency_key: Annotated[str, Header()],
) -> Referral:
    """Create a referral, the plain way."""
    case = await db.get(CaseRow, new.case_id)
    if case is None or case.organization_id != who.organization_id:
        raise HTTPException(422)
    service = await db.get(DirectoryServiceRow, new.service_id)
    owner = await db.get(DirectoryOrganizationRow, service.organization_id) if service else None
    requester = await db.get(DirectoryOrganizationRow, who.organization_id)
    if service is None or owner is None or requester is None or service.status != "active" or owner.status != "active":
        raise HTTPException(422)
    consent = _consent(new, case.organization_id, who)
    db.add(consent)
    await db.flush()
    referral = _referral(new, case.organization_id, owner.id, consent.id)
    db.add(referral)
    await db.flush()
    db.add_all([_history(referral, who), _event(referral), _disclosure(referral, who), _entry(referral, who)])
    answer = _answer(referral, case, service, owner, requester)
    db.add(
        IdempotencyKeyRow(
            subject=who.subject,
            key=idempotency_key,
            fingerprint="",
            status=201,
            headers={},
            body=answer.model_dump(mode="json"),
        )
    )
    await db.commit()
    return answer


def _consent(new: ReferralCreate, organization: UUID, who: Caller) -> ConsentRow:
    assert new.consent, "the bench sends the inline form"
    return ConsentRow(
        id=new_id(),
        case_id=new.case_id,
        organization_id=organization,
        status="active",
        purposes=["referral"],
        categories=["profile", "summary"],
        recipient_organization_ids=[],
        recipient_service_ids=[new.service_id],
        given_at=new.consent.given_at,
        valid_from=new.consent.given_at,
        recorded_by=who.subject,
        created_at=datetime.now(UTC),
        version=1,
    )


def _disclosure(referral: ReferralRow, who: Caller) -> DisclosureRow:
    return DisclosureRow(
        id=new_id(),
        case_id=referral.case_id,
        organization_id=referral.requester_organization_id,
        referral_id=referral.id,
        consent_id=referral.consent_id,
        kind="sent",
        categories=["profile", "summary"],
        recipient_organization_id=referral.owner_organization_id,
        recipient_service_id=referral.service_id,
        subject=who.subject,
        at=referral.created_at,
    )


def _entry(referral: ReferralRow, who: Caller) -> AuditRow:
    return AuditRow(
        subject=who.subject,
        organization_id=who.organization_id,
        client_id=who.client_id,
        access="C",
        action="request_referral",
        object_type="referrals",
        object_id=referral.id,
        case_id=referral.case_id,
        consent_id=referral.consent_id,
    )


def _referral(new: ReferralCreate, requester: UUID, owner: UUID, consent_id: UUID) -> ReferralRow:
    assert new.consent, "the bench sends the inline form"
    now = datetime.now(UTC)
    return ReferralRow(
        id=new_id(),
        number=new_number("R"),
        case_id=new.case_id,
        service_id=new.service_id,
        requester_organization_id=requester,
        owner_organization_id=owner,
        status="requested",
        priority=new.priority,
        summary=new.summary.encode() if new.summary else None,
        consent_id=consent_id,
        consent_given_at=new.consent.given_at,
        consent_scope=[scope.value for scope in new.consent.scope],
        respond_by=now + timedelta(hours=24),
        version=1,
        created_at=now,
        updated_at=now,
    )


def _history(referral: ReferralRow, who: Caller) -> ReferralHistoryRow:
    return ReferralHistoryRow(
        referral_id=referral.id,
        version=1,
        action="request",
        status="requested",
        organization_id=referral.requester_organization_id,
        subject=who.subject,
        at=referral.created_at,
    )


def _event(referral: ReferralRow) -> OutboxRow:
    facts = ReferralFacts.model_validate(
        {
            **{name: getattr(referral, name) for name in ReferralFacts.model_fields if name != "referral_id"},
            "referral_id": referral.id,
        }
    )
    event = ReferralRequested(subject=str(referral.id), data=facts)
    return OutboxRow(event_type=event.type, event=event.model_dump(mode="json"))


def _answer(referral: ReferralRow, case: CaseRow, service: Any, owner: Any, requester: Any) -> Referral:
    return Referral.model_validate(
        {
            **{name: getattr(referral, name, None) for name in Referral.model_fields},
            "case": CaseProfile.model_validate(case, from_attributes=True),
            "service_name": service.name,
            "owner_organization_name": owner.name,
            "requester_organization_name": requester.name,
            "consent": {
                "id": referral.consent_id,
                "given_at": referral.consent_given_at,
                "scope": referral.consent_scope,
            },
        }
    )
