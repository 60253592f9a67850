"""Use cases of the referrals."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from paivand_contracts import referral as events
from paivand_contracts.codes import Priority, ReferralStatus
from paivand_contracts.envelope import new_id, now
from paivand_contracts.problems import ProblemType
from paivand_kit.caller import Caller
from paivand_kit.idempotency import Once
from paivand_kit.preconditions import check_version, etag
from paivand_kit.problems import ProblemError, invalid, not_found
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from ..numbers import new_number
from ..vault.case_keys import CaseKey
from ..vault.service import Vault, erased
from . import repository, rules
from .repository import Row
from .rules import Action, ConsentScope
from .schemas import Consent, ReferralCreate

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
    once: Once | None,
) -> Opened:
    """Asks a service to take a case of the caller's organization."""
    _check_consent(new.consent, has_summary=new.summary is not None)
    # Without a case there is no key either, and the statement says so.
    key = await vault.own_key(statement, caller, new.case_id) if new.summary else None
    return await _create(statement, key, caller, caller.organization(), new, within, once=once, part_of=None)


def _check_consent(consent: Consent, *, has_summary: bool) -> None:
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
    once: Once | None,
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
        "consent_given_at": new.consent.given_at,
        "consent_scope": sorted({scope.value for scope in new.consent.scope}),
        "respond_by": facts.respond_by,
        "part_of": part_of,
        "now": asked_at,
    }
    headers = {"etag": etag(1), "location": f"/referral/v1/referrals/{referral_id}"}
    free_text = {"summary": new.summary} if new.summary else None
    row = await repository.create(executor, values, event, once, headers, free_text)
    if not row["cases_found"]:
        raise invalid("/case_id", "unknown", "Your organization has no such case.")
    if not row["services_found"]:
        raise invalid("/service_id", "unknown", "The directory has no such active service.")
    return {**row, "summary": new.summary}


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
    referral = await _lock_for(session, caller, referral_id, Action.REDIRECT, expected)
    if ConsentScope.REDIRECT not in referral["consent_scope"]:
        raise ProblemError(
            ProblemType.CONSENT_MISSING,
            "The person has not agreed that the request is passed on (scope `redirect`). Reject it instead; the "
            "requester can ask the person.",
        )
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
        consent=Consent(given_at=referral["consent_given_at"], scope=referral["consent_scope"]),
    )
    requester: UUID = referral["requester_organization_id"]
    created = await _create(session, key, caller, requester, new, within, once=None, part_of=referral_id)
    await _change(session, key, caller, referral, Action.REDIRECT, said, redirected_to=created["id"])
    return await read_referral(session, vault, caller, referral_id)


async def _lock_for(
    session: AsyncSession, caller: Caller, referral_id: UUID, action: Action, expected: int | None
) -> Row:
    referral = await repository.lock(session, caller, referral_id)
    if referral is None:
        raise not_found("referral")
    who = rules.parties(
        caller.organization(),
        requester=referral["requester_organization_id"],
        owner=referral["owner_organization_id"],
    )
    try:
        rules.decide(ReferralStatus(referral["status"]), action, who)
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
    check_version(expected, referral["version"])
    return referral


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
    facts = facts_of(referral, status=target, version=version)
    await repository.change(session, values, EVENT_OF[action](subject=str(referral["id"]), time=at, data=facts))


def facts_of(referral: Row, *, status: ReferralStatus, version: int) -> events.ReferralFacts:
    """What an event says of a referral."""
    kept = {name: referral[name] for name in events.ReferralFacts.model_fields if name in referral}
    return events.ReferralFacts.model_validate(
        {**kept, "referral_id": referral["id"], "status": status, "version": version}
    )


async def read_referral(session: AsyncSession, vault: Vault, caller: Caller, referral_id: UUID) -> Opened:
    """A referral for one of its parties; 404 for anybody else. Its texts are null once the case was erased."""
    row = await repository.read(session, caller, referral_id)
    if row is None:
        raise not_found("referral")
    return _open(await vault.key_of(row["case_id"], row), row)


def _open(key: CaseKey | None, row: Row) -> Opened:
    summary, note = row["summary"], row["note"]
    return {
        **row,
        "summary": key.unseal(summary, _field(row["id"], "summary"), 1) if key and summary else None,
        "note": key.unseal(note, _field(row["id"], "note")) if key and note else None,
    }


async def list_history(
    session: AsyncSession, vault: Vault, caller: Caller, referral_id: UUID, *, after: int, limit: int
) -> list[dict[str, Any]]:
    """The changes of a referral in their order, for one of its parties."""
    row = await repository.read(session, caller, referral_id)
    if row is None:
        raise not_found("referral")
    key = await vault.key_of(row["case_id"], row)
    entries = await repository.list_history_unscoped(session, referral_id, after=after, limit=limit)
    field = _field(referral_id, "note")
    return [
        {**entry, "note": key.unseal(entry["note"], field, entry["version"]) if key and entry["note"] else None}
        for entry in entries
    ]
