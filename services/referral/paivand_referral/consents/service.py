"""Use cases of the consents. Their end is in `withdrawals`, since referrals end with it."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from paivand_contracts.envelope import new_id, now
from paivand_contracts.problems import ProblemType
from paivand_kit.audit import trail as audit
from paivand_kit.caller import Caller
from paivand_kit.problems import ProblemError, invalid, not_found
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from ..cases import service as cases
from . import repository, rules
from .rules import Category, ConsentEnd, ConsentStatus, Disclosure, Missing, RecipientType, Terms
from .schemas import ConsentCreate
from .tables import ConsentRow

CLOCK_SKEW = timedelta(minutes=5)


async def record(session: AsyncSession, caller: Caller, case_id: UUID, new: ConsentCreate) -> ConsentRow:
    """Records what the person of an own case agreed to."""
    case = await cases.read_case(session, caller, case_id)
    _check(new, case.age_band)
    organization_ids = [each.id for each in new.recipients if each.type == RecipientType.ORGANIZATION]
    service_ids = [each.id for each in new.recipients if each.type == RecipientType.SERVICE]
    unknown = set(await repository.list_unknown_recipients(session, organization_ids, service_ids))
    for place, recipient in enumerate(new.recipients):
        if recipient.id in unknown:
            raise invalid(f"/recipients/{place}/id", "unknown", f"The directory has no such active {recipient.type}.")
    consent = ConsentRow(
        id=new_id(),
        case_id=case_id,
        organization_id=caller.organization(),
        status=ConsentStatus.ACTIVE,
        recipient_organization_ids=organization_ids,
        recipient_service_ids=service_ids,
        valid_from=new.valid_from or new.given_at,
        recorded_by=caller.subject,
        created_at=now(),
        version=1,
        **new.model_dump(exclude={"recipients", "valid_from"}),
    )
    await repository.add(session, consent)
    audit.note(session, case_id=case_id, consent_id=consent.id)
    return consent


def _check(new: ConsentCreate, age_band: str) -> None:
    if new.given_at > now() + CLOCK_SKEW:
        raise invalid("/given_at", "future", "Consent cannot be given in the future.")
    if new.given_by not in rules.may_give(age_band):
        who = " or ".join(sorted(rules.may_give(age_band)))
        raise invalid("/given_by", "given-by", f"For a person of this age consent is given by: {who}.")
    if rules.needs_assent(new.given_by) != (new.assent is not None):
        raise invalid(
            "/assent", "assent", "State the person's own assent when somebody else agreed for them, and only then."
        )
    if new.valid_until is not None and new.valid_until <= (new.valid_from or new.given_at):
        raise invalid("/valid_until", "period", "The end must be later than the beginning.")


async def read(session: AsyncSession, caller: Caller, case_id: UUID, consent_id: UUID) -> ConsentRow:
    """A consent of an own case; 404 for anybody else's."""
    consent = await repository.get(session, caller, case_id, consent_id)
    if consent is None:
        raise not_found("consent")
    return consent


async def list_of_case(
    session: AsyncSession, caller: Caller, case_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[ConsentRow]:
    """Consents of an own case, newest first; 404 for anybody else's."""
    await cases.read_case(session, caller, case_id)
    return await repository.list_newest(session, caller, case_id, before=before, limit=limit)


async def lock(session: AsyncSession, caller: Caller, case_id: UUID, consent_id: UUID) -> ConsentRow:
    """The same, held against referrals that would begin to stand on it."""
    consent = await repository.lock(session, caller, case_id, consent_id)
    if consent is None:
        raise not_found("consent")
    return consent


async def end(session: AsyncSession, ids: Sequence[UUID], ended_as: ConsentEnd, *, by: str, at: datetime) -> None:
    """Makes locked consents inactive."""
    await repository.end_unscoped(session, ids, ended_as=ended_as, by=by, at=at)


async def claim_expired(session: AsyncSession, *, at: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """Active consents whose time has passed, with their cases; no other replica gets the same."""
    return await repository.claim_expired_unscoped(session, at=at, limit=limit)


async def reread(session: AsyncSession, consent: ConsentRow) -> ConsentRow:
    """A consent as it is after its end."""
    await repository.refresh(session, consent)
    return consent


def terms_of(row: RowMapping) -> Terms:
    """What a row says, in the words of the rules."""
    return Terms(
        status=ConsentStatus(row["status"]),
        valid_from=row["valid_from"],
        valid_until=row["valid_until"],
        purposes=frozenset(map(rules.Purpose, row["purposes"])),
        categories=frozenset(map(Category, row["categories"])),
        recipient_organization_ids=frozenset(row["recipient_organization_ids"]),
        recipient_service_ids=frozenset(row["recipient_service_ids"]),
    )


async def lacking(
    executor: AsyncSession | AsyncConnection,
    organization_id: UUID,
    case_id: UUID,
    consent_id: UUID,
    service_id: UUID,
    shown: Collection[str],
    *,
    is_onward: bool = False,
) -> tuple[list[Missing], RowMapping]:
    """What a consent lacks for asking a service, and the consent, held against a withdrawal at the same time.

    Raises:
        ProblemError: `invalid`, when the organization's case has no such consent, or the service is not active.
    """
    row = await repository.lock_for_service(executor, organization_id, case_id, consent_id, service_id)
    if row is None:
        raise invalid("/consent_id", "unknown", "This case has no such consent.")
    if row["service_id"] is None:
        raise invalid("/service_id", "unknown", "The directory has no such active service.")
    wanted = Disclosure(
        organization_id=row["service_organization_id"],
        service_id=service_id,
        categories=frozenset(map(Category, shown)),
        at=now(),
        is_onward=is_onward,
    )
    return rules.missing(terms_of(row), wanted), row


def not_covering(lacks: list[Missing]) -> ProblemError:
    """The refusal of a disclosure that no consent covers, with what is missing."""
    return ProblemError(
        ProblemType.CONSENT_NOT_COVERING,
        f"The person has not agreed to this; missing: {', '.join(lacks)}. Ask the person, then record what they agree "
        "to.",
        missing=list(lacks),
    )
