"""Use cases of the referrals."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from paivand_contracts import referral as events
from paivand_contracts.codes import Priority, ReferralStatus
from paivand_contracts.envelope import new_id, now
from paivand_contracts.problems import ProblemType
from paivand_kit.audit import trail as audit
from paivand_kit.caller import Caller
from paivand_kit.idempotency import Once
from paivand_kit.preconditions import check_version, etag
from paivand_kit.problems import ProblemError, invalid, not_found
from paivand_kit.row_scope import as_service
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from ..consents import service as consents
from ..consents.rules import Category, Missing, Purpose
from ..disclosures import service as disclosures
from ..numbers import new_number
from ..vault.case_keys import CaseKey
from ..vault.service import Vault, erased
from . import repository, rules
from .repository import Row
from .rules import Action, Box, ConsentScope
from .schemas import GivenConsent, ReferralCreate

Opened = Mapping[str, Any]
"""A referral whose texts can be read."""
EventType = Callable[..., events.ReferralEventBase]
UNKNOWN_ORGANIZATION = UUID(int=0)
CLOCK_SKEW = timedelta(minutes=5)
EVENT_OF: dict[Action, EventType] = {
    Action.ACCEPT: events.ReferralAccepted,
    Action.REJECT: events.ReferralRejected,
    Action.REDIRECT: events.ReferralRejected,
    Action.START: events.ReferralStarted,
    Action.HOLD: events.ReferralHeld,
    Action.RESUME: events.ReferralResumed,
    Action.COMPLETE: events.ReferralCompleted,
    Action.FAIL: events.ReferralFailed,
    Action.CANCEL: events.ReferralCancelled,
    Action.ENTER_IN_ERROR: events.ReferralEnteredInError,
}


@dataclass(frozen=True)
class Said:
    """What came with an action."""

    reason: str | None = None
    note: str | None = None
    outcome: str | None = None


async def request_referral(
    statement: AsyncConnection,
    vault: Vault,
    caller: Caller,
    new: ReferralCreate,
    within: Mapping[Priority, timedelta],
    whole: tuple[Once, audit.Entry],
) -> Opened:
    """Asks a service to take a case of the caller's organization."""
    if (new.consent is None) == (new.consent_id is None):
        raise invalid("/consent", "consent", "Say what the person agreed to (`consent`), or name it (`consent_id`).")
    if new.consent is not None:
        _check_consent(new.consent, has_summary=new.summary is not None)
    # Without a case there is no key either, and the statement says so.
    key = await vault.own_key(statement, caller, new.case_id) if new.summary else None
    return await _create(statement, key, caller, caller.organization(), new, within, whole=whole, part_of=None)


def _check_consent(consent: GivenConsent, *, has_summary: bool) -> None:
    if consent.given_at > now() + CLOCK_SKEW:
        raise invalid("/consent/given_at", "future", "Consent cannot be given in the future.")
    missing = rules.missing_consent(consent.scope, has_summary=has_summary)
    if missing is not None:
        raise invalid(
            "/consent/scope",
            "consent",
            f"The person has not agreed to this: the scope `{missing}` is missing.",
            kind=ProblemType.CONSENT_MISSING,
        )


async def _create(
    executor: AsyncSession | AsyncConnection,
    key: CaseKey | None,
    caller: Caller,
    requester: UUID,
    new: ReferralCreate,
    within: Mapping[Priority, timedelta],
    *,
    whole: tuple[Once, audit.Entry] | None,
    part_of: UUID | None,
) -> Opened:
    asked_at, referral_id, number = now(), new_id(), new_number("R")
    facts = events.ReferralFacts(
        referral_id=referral_id,
        number=number,
        status=ReferralStatus.REQUESTED,
        priority=new.priority,
        requester_organization_id=requester,
        owner_organization_id=UNKNOWN_ORGANIZATION,  # filled in by the statement, which knows the service's owner
        service_id=new.service_id,
        part_of=part_of,
        respond_by=rules.respond_by(asked_at, new.priority, within),
        version=1,
    )
    event = events.ReferralRequested(subject=str(referral_id), time=asked_at, data=facts)
    values: dict[str, Any] = {
        "id": referral_id,
        "number": number,
        "case_id": new.case_id,
        "service_id": new.service_id,
        "requester": requester,
        "actor": caller.organization(),
        "actor_subject": caller.subject,
        "priority": new.priority.value,
        "summary": key.seal(new.summary, _field(referral_id, "summary"), 1) if key and new.summary else None,
        "disclosure_id": new_id(),
        "shown": shown(new.summary),
        "is_onward": part_of is not None,
        **_consent_values(new),
        "respond_by": facts.respond_by,
        "part_of": part_of,
        "now": asked_at,
    }
    headers = {"etag": etag(1), "location": f"/referral/v1/referrals/{referral_id}"}
    free_text = {"summary": new.summary} if new.summary else None
    is_recorded = new.consent is None
    row = await repository.create(executor, values, event, whole, headers, free_text, is_recorded=is_recorded)
    if row["id"] is None:
        raise await _why_not_created(executor, requester, new, row, is_onward=part_of is not None)
    return {**row, "summary": new.summary}


def shown(summary: object) -> list[str]:
    """Categories of data that a referral shows the service."""
    return [Category.PROFILE.value] + ([Category.SUMMARY.value] if summary is not None else [])


def _consent_values(new: ReferralCreate) -> dict[str, Any]:
    if new.consent is None:
        return {"consent_id": new.consent_id}
    scope = set(new.consent.scope)
    purposes = [Purpose.REFERRAL] + ([Purpose.ONWARD_REFERRAL] if ConsentScope.REDIRECT in scope else [])
    categories = [Category.PROFILE] + ([Category.SUMMARY] if ConsentScope.SUMMARY in scope else [])
    return {
        "consent_id": new_id(),
        "consent_given_at": new.consent.given_at,
        "purposes": [purpose.value for purpose in purposes],
        "categories": [category.value for category in categories],
    }


async def _why_not_created(
    executor: AsyncSession | AsyncConnection, requester: UUID, new: ReferralCreate, found: Row, *, is_onward: bool
) -> ProblemError:
    if not found["cases_found"]:
        return invalid("/case_id", "unknown", "Your organization has no such case.")
    if not found["services_found"]:
        return invalid("/service_id", "unknown", "The directory has no such active service.")
    assert new.consent_id is not None  # noqa: S101 - a consent that is given with the request is always written
    lacks, consent = await consents.lacking(
        executor, requester, new.case_id, new.consent_id, new.service_id, shown(new.summary), is_onward=is_onward
    )
    # Of a consent that came with a request nothing but its scope is known.
    if is_onward and consent["method"] is None:
        return ProblemError(
            ProblemType.CONSENT_MISSING,
            "The person has not agreed that the request is passed on (scope `redirect`). Reject it instead; the "
            "requester can ask the person.",
        )
    return consents.not_covering(lacks)


def _field(referral_id: UUID, name: str) -> str:
    """The vault's name of a text of a referral."""
    return f"referrals/{referral_id}/{name}"


async def act(
    session: AsyncSession,
    vault: Vault,
    caller: Caller,
    referral_id: UUID,
    action: Action,
    expected: int | None,
    said: Said,
) -> Opened:
    """Takes an action on a referral, if its state and the caller's side allow it."""
    referral = await _lock_for(session, caller, referral_id, action, expected)
    key = await vault.key_of(referral["case_id"], referral)
    await _change(session, key, caller, referral, action, said, redirected_to=None)
    return await read_referral(session, vault, caller, referral_id)


async def redirect(
    session: AsyncSession,
    vault: Vault,
    caller: Caller,
    referral_id: UUID,
    expected: int | None,
    said: Said,
    service_id: UUID,
    within: Mapping[Priority, timedelta],
) -> Opened:
    """Rejects a referral and asks another service in its place, as part of it, if the consent covers that."""
    # The consent is the requester's: held, not shown.
    async with as_service(session):
        await repository.hold_consent(session, caller, referral_id)
    referral = await _lock_for(session, caller, referral_id, Action.REDIRECT, expected)
    if service_id == referral["service_id"]:
        raise invalid("/service_id", "same", "Name another service than the one that was asked.")
    key = await vault.key_of(referral["case_id"], referral)
    if key is None:
        raise erased()
    new = ReferralCreate(
        case_id=referral["case_id"],
        service_id=service_id,
        priority=referral["priority"],
        summary=_open(key, referral)["summary"],
        consent_id=referral["consent_id"],
    )
    requester: UUID = referral["requester_organization_id"]
    # The new referral is between the requester and a third organization, and stands on the requester's consent.
    async with as_service(session):
        created = await _create(session, key, caller, requester, new, within, whole=None, part_of=referral_id)
    await audit.record(
        session,
        caller,
        Action.REDIRECT.value,
        "referrals",
        created["id"],
        access=audit.Access.CREATE,
        case_id=referral["case_id"],
        consent_id=referral["consent_id"],
    )
    await _change(session, key, caller, referral, Action.REDIRECT, said, redirected_to=created["id"])
    return await read_referral(session, vault, caller, referral_id)


async def _lock_for(
    session: AsyncSession, caller: Caller, referral_id: UUID, action: Action, expected: int | None
) -> Row:
    referral = await lock(session, caller, referral_id)
    who = rules.parties(
        caller.organization(),
        requester=referral["requester_organization_id"],
        owner=referral["owner_organization_id"],
    )
    try:
        rules.decide(ReferralStatus(referral["status"]), action, who, has_consent=consent_ended(referral) is None)
    except rules.NotYours:
        side = rules.TRANSITIONS[action].by.value
        raise ProblemError(ProblemType.FORBIDDEN, f"Only the {side} of the referral can {action.value} it.") from None
    except rules.NotNow as refused:
        check_version(expected, referral["version"])
        raise ProblemError(
            ProblemType.TRANSITION_NOT_ALLOWED,
            f"A referral that is {referral['status']} cannot take `{action.value}`.",
            allowed=[allowed.value for allowed in refused.allowed],
        ) from None
    except rules.NoConsent:
        raise ProblemError(
            ProblemType.CONSENT_NOT_COVERING,
            "The consent that this referral stands on has ended. The requester can name a new one.",
            missing=[Missing.ACTIVE],
        ) from None
    check_version(expected, referral["version"])
    return referral


async def lock(session: AsyncSession, caller: Caller, referral_id: UUID) -> Row:
    """A referral of one of its parties, held against other changes until the transaction ends."""
    referral = await repository.lock(session, caller, referral_id)
    if referral is None:
        raise not_found("referral")
    return referral


def consent_ended(row: Opened | Row) -> str | None:
    """Why the consent that a referral stands on no longer holds, if so."""
    return rules.ended_as(row["consent_end"], row["consent_until"], now())


def _seen_by(caller: Caller, row: Row) -> dict[str, Any]:
    """A referral without what the caller's side may no longer see, and with `consent_ended`."""
    who = rules.parties(
        caller.organization(), requester=row["requester_organization_id"], owner=row["owner_organization_id"]
    )
    ended = consent_ended(row)
    withheld = {} if rules.may_see_case(who, ended) else dict.fromkeys(rules.WITHHELD)
    return {**row, **withheld, "consent_ended": ended}


async def _change(
    session: AsyncSession,
    key: CaseKey | None,
    caller: Caller,
    referral: Row,
    action: Action,
    said: Said,
    *,
    redirected_to: UUID | None,
) -> None:
    target, at, version = rules.TRANSITIONS[action].target, now(), referral["version"] + 1
    if said.note and key is None:
        raise erased()
    values = {
        "id": referral["id"],
        "status": target.value,
        "reason": said.reason,
        "note": key.seal(said.note, _field(referral["id"], "note"), version) if key and said.note else None,
        "outcome": said.outcome,
        "redirected_to": redirected_to,
        "action": action.value,
        "actor": caller.organization(),
        "actor_subject": caller.subject,
        "now": at,
    }
    audit.note(session, case_id=referral["case_id"], consent_id=referral["consent_id"])
    facts = facts_of(referral, status=target, version=version)
    await repository.change(session, values, EVENT_OF[action](subject=str(referral["id"]), time=at, data=facts))


def facts_of(referral: Row, *, status: ReferralStatus, version: int) -> events.ReferralFacts:
    """What an event says of a referral."""
    kept = {name: referral[name] for name in events.ReferralFacts.model_fields if name in referral}
    return events.ReferralFacts.model_validate(
        {**kept, "referral_id": referral["id"], "status": status, "version": version}
    )


async def read_referral(session: AsyncSession, vault: Vault, caller: Caller, referral_id: UUID) -> Opened:
    """A referral for one of its parties, who is noted when it is not the owner of the case; 404 for anybody else.

    Its texts are null once the case was erased.
    """
    row = await repository.read(session, caller, referral_id)
    if row is None:
        raise not_found("referral")
    seen = _open(await vault.key_of(row["case_id"], row), _seen_by(caller, row))
    if caller.organization() != seen["requester_organization_id"] and seen["case"] is not None:
        await disclosures.note_reading(session, caller, referral_id, shown(seen["summary"]))
    return seen


async def list_box(
    session: AsyncSession, caller: Caller, box: Box, *, statuses: Sequence[str], before: UUID | None, limit: int
) -> list[Opened]:
    """A page of the caller's inbox or outbox."""
    rows = await repository.list_box(session, caller, box, statuses=statuses, before=before, limit=limit)
    return [_seen_by(caller, row) for row in rows]


def _open(key: CaseKey | None, row: Row | Opened) -> Opened:
    summary, note = row["summary"], row["note"]
    return {
        **row,
        "summary": key.unseal(summary, _field(row["id"], "summary"), 1) if key and summary else None,
        "note": key.unseal(note, _field(row["id"], "note")) if key and note else None,
    }


async def list_history(
    session: AsyncSession, vault: Vault, caller: Caller, referral_id: UUID, *, after: int, limit: int
) -> list[dict[str, Any]]:
    """The changes of a referral in their order, for one of its parties; notes as long as it may see the case."""
    row = await repository.read(session, caller, referral_id)
    if row is None:
        raise not_found("referral")
    may_see = _seen_by(caller, row)["case"] is not None
    key = await vault.key_of(row["case_id"], row) if may_see else None
    entries = await repository.list_history_unscoped(session, referral_id, after=after, limit=limit)
    field = _field(referral_id, "note")
    return [
        {**entry, "note": key.unseal(entry["note"], field, entry["version"]) if key and entry["note"] else None}
        for entry in entries
    ]


async def list_of_case(
    session: AsyncSession, vault: Vault, caller: Caller, case_id: UUID, *, limit: int
) -> list[Opened]:
    """The referrals of one of the caller's cases with their texts, newest first."""
    rows = await repository.list_of_case(session, caller, case_id, limit=limit)
    return [_open(await vault.key_of(case_id, row), row) for row in rows]
