"""SQL of the referrals."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from paivand_contracts.envelope import Event
from paivand_kit.audit.trail import WRITE_ENTRY, Entry
from paivand_kit.caller import Caller
from paivand_kit.database import wake_after_commit
from paivand_kit.idempotency import Once
from paivand_kit.outbox import document
from sqlalchemy import RowMapping, TextualSelect, bindparam, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from .rules import Box
from .tables import ReferralHistoryRow

Row = RowMapping
SIDE = {Box.INBOX: "owner_organization_id", Box.OUTBOX: "requester_organization_id"}
JSON_COLUMNS = {"case": JSONB, "consent": JSONB}


WRITE_ENTRY_AND_KEY = f""", audited AS (
    {WRITE_ENTRY} FROM created
), once AS (
    INSERT INTO idempotency_keys (subject, key, fingerprint, status, headers, sealed, body)
    SELECT :subject, :key, :fingerprint, :status, CAST(:headers AS jsonb), CAST(:sealed AS bytea),
        to_jsonb(answer) || '{{"summary": null}}' FROM answer
)"""  # noqa: S608 - constant text


# The consent that came with the request becomes a record of the case.
GIVEN_WITH_IT = """
            INSERT INTO consents (id, case_id, organization_id, status, purposes, categories,
                recipient_organization_ids, recipient_service_ids, given_at, valid_from, recorded_by, created_at,
                version)
            SELECT CAST(:consent_id AS uuid), asked.case_id, CAST(:requester AS uuid), 'active',
                CAST(:purposes AS text[]), CAST(:categories AS text[]), '{}', ARRAY[offered.service_id],
                CAST(:consent_given_at AS timestamptz), CAST(:consent_given_at AS timestamptz), :actor_subject,
                CAST(:now AS timestamptz), 1
            FROM asked, offered RETURNING id, given_at, valid_until, purposes, categories"""

# The same rule as `consents.rules.missing`; a test compares them. The lock lets a withdrawal at the same time find the
# new referral, or end the consent before it.
RECORDED = """
            SELECT c.id, c.given_at, c.valid_until, c.purposes, c.categories
            FROM consents c JOIN asked ON asked.case_id = c.case_id CROSS JOIN offered
            WHERE c.id = CAST(:consent_id AS uuid) AND c.status = 'active' AND c.valid_from <= CAST(:now AS timestamptz)
            AND (c.valid_until IS NULL OR c.valid_until > CAST(:now AS timestamptz))
            AND 'referral' = ANY (c.purposes) AND c.categories @> CAST(:shown AS text[])
            AND (offered.service_id = ANY (c.recipient_service_ids)
                OR offered.owner_organization_id = ANY (c.recipient_organization_ids)
                OR CAST(:is_onward AS boolean) AND 'onward-referral' = ANY (c.purposes))
            FOR SHARE OF c"""


# Own case, not erased; active service of an active organization.
CHECKS = """
        asked AS (
            SELECT id AS case_id, jsonb_build_object('number', number, 'age_band', age_band, 'gender', gender,
                'languages', languages, 'needs', needs) AS "case"
            FROM cases WHERE id = CAST(:case_id AS uuid) AND organization_id = CAST(:requester AS uuid)
                AND NOT EXISTS (SELECT FROM case_keys WHERE case_id = cases.id AND destroyed_at IS NOT NULL)
        ), offered AS (
            SELECT s.id AS service_id, s.name AS service_name, o.id AS owner_organization_id,
                o.name AS owner_organization_name
            FROM directory_services s JOIN directory_organizations o ON o.id = s.organization_id
            WHERE s.id = CAST(:service_id AS uuid) AND s.status = 'active' AND o.status = 'active'
        )"""

# What is written beside the referral.
RECORDS = """
        history AS (
            INSERT INTO referral_history (referral_id, version, action, status, organization_id, subject, at)
            SELECT id, 1, 'request', status, CAST(:actor AS uuid), :actor_subject, created_at FROM created
        ), disclosed AS (
            INSERT INTO disclosures (id, case_id, organization_id, referral_id, consent_id, kind, categories,
                recipient_organization_id, recipient_service_id, subject, at)
            SELECT CAST(:disclosure_id AS uuid), case_id, requester_organization_id, id, consent_id,
                CASE WHEN CAST(:is_onward AS boolean) THEN 'passed-on' ELSE 'sent' END, CAST(:shown AS text[]),
                owner_organization_id, service_id, :actor_subject, created_at
            FROM created WHERE owner_organization_id <> requester_organization_id
        ), event AS (
            INSERT INTO outbox (event_type, event)
            SELECT :event_type, jsonb_set(CAST(:event AS jsonb), '{data,owner_organization_id}',
                to_jsonb(owner_organization_id)) FROM created
        )"""


def _create_statement(consent: str, *, is_whole_request: bool) -> TextualSelect:
    """Everything that creating a referral writes, in one statement.

    `asked`, `offered` and `consent` are the checks (own case, not erased; active service of an active organization;
    a consent that covers it); when one is empty nothing is written and the counts say which. The event and the stored
    answer are completed with what only the database knows. As the whole of a
    request it also writes the audit entry and the Idempotency-Key.
    """
    statement = f"""
        WITH {CHECKS}, consent AS ({consent}
        ), created AS (
            INSERT INTO referrals (id, number, case_id, service_id, requester_organization_id, owner_organization_id,
                status, priority, summary, consent_id, consent_until, consent_given_at, consent_scope, respond_by,
                part_of, version, created_at, updated_at)
            SELECT CAST(:id AS uuid), :number, asked.case_id, offered.service_id, CAST(:requester AS uuid),
                offered.owner_organization_id, 'requested', :priority, CAST(:summary AS bytea),
                consent.id, consent.valid_until, consent.given_at,
                array_remove(ARRAY[CASE WHEN 'onward-referral' = ANY (consent.purposes) THEN 'redirect' END,
                    'referral', CASE WHEN 'summary' = ANY (consent.categories) THEN 'summary' END], NULL),
                CAST(:respond_by AS timestamptz), CAST(:part_of AS uuid), 1,
                CAST(:now AS timestamptz), CAST(:now AS timestamptz)
            FROM asked, offered, consent RETURNING *
        ), {RECORDS}, answer AS (
            SELECT created.*, asked."case", offered.service_name, offered.owner_organization_name,
                o.name AS requester_organization_name,
                jsonb_build_object('id', created.consent_id, 'given_at', created.consent_given_at,
                    'scope', created.consent_scope) AS consent, NULL AS consent_ended
            FROM created CROSS JOIN asked CROSS JOIN offered
            LEFT JOIN directory_organizations o ON o.id = created.requester_organization_id
        ){WRITE_ENTRY_AND_KEY if is_whole_request else ""}
        SELECT (SELECT count(*) FROM asked) AS cases_found, (SELECT count(*) FROM offered) AS services_found,
            (SELECT count(*) FROM consent) AS consents_found, answer.*
        FROM (SELECT) AS always LEFT JOIN answer ON true"""  # noqa: S608 - constant text
    return text(statement).columns(**JSON_COLUMNS)


# By how the consent is named, and whether it is the whole of a request.
CREATE = {
    (is_recorded, is_whole_request): _create_statement(
        RECORDED if is_recorded else GIVEN_WITH_IT, is_whole_request=is_whole_request
    )
    for is_recorded in (False, True)
    for is_whole_request in (False, True)
}

# With the stored key of the case: the vault opens texts, and seals new ones, with what the statement brings.
LOCK = text("""
    SELECT r.*, k.wrapped AS key_wrapped, k.kek_id AS key_kek_id
    FROM referrals r LEFT JOIN case_keys k ON k.case_id = r.case_id
    WHERE r.id = :id AND (r.requester_organization_id = :organization OR r.owner_organization_id = :organization)
    FOR UPDATE OF r
""")

# Locked before the referral: a withdrawal locks first the consent, then what stands on it.
HOLD_CONSENT = text("""
    SELECT FROM consents WHERE id = (SELECT consent_id FROM referrals WHERE id = :id AND
        (requester_organization_id = :organization OR owner_organization_id = :organization)) FOR SHARE
""")

# A change, its history row and its event, in one round trip.
CHANGE = text("""
    WITH changed AS (
        UPDATE referrals SET status = :status, reason = :reason, note = CAST(:note AS bytea), outcome = :outcome,
            redirected_to = CAST(:redirected_to AS uuid), version = version + 1, updated_at = :now
        WHERE id = :id RETURNING *
    ), history AS (
        INSERT INTO referral_history
            (referral_id, version, action, status, reason, note, outcome, organization_id, subject, at)
        SELECT id, version, :action, status, :reason, note, outcome, :actor, :actor_subject, updated_at FROM changed
    )
    INSERT INTO outbox (event_type, event) VALUES (:event_type, :event)
""").bindparams(bindparam("event", type_=JSONB))

READ = text("""
    SELECT d.*, k.wrapped AS key_wrapped, k.kek_id AS key_kek_id
    FROM referral_details d LEFT JOIN case_keys k ON k.case_id = d.case_id
    WHERE d.id = :id AND (d.requester_organization_id = :organization OR d.owner_organization_id = :organization)
""").columns(**JSON_COLUMNS)


OF_CASE = text("""
    SELECT d.*, k.wrapped AS key_wrapped, k.kek_id AS key_kek_id
    FROM referral_details d LEFT JOIN case_keys k ON k.case_id = d.case_id
    WHERE d.case_id = :case_id AND d.requester_organization_id = :organization ORDER BY d.id DESC LIMIT :limit
""").columns(**JSON_COLUMNS)


async def list_of_case(session: AsyncSession, caller: Caller, case_id: UUID, *, limit: int) -> Sequence[Row]:
    """The referrals of one of the caller's cases, newest first."""
    parameters = {"case_id": case_id, "organization": caller.organization(), "limit": limit}
    return (await session.execute(OF_CASE, parameters)).mappings().all()


async def create(
    executor: AsyncSession | AsyncConnection,
    values: dict[str, Any],
    event: Event,
    whole: tuple[Once, Entry] | None,
    headers: dict[str, str],
    free_text: dict[str, Any] | None,
    *,
    is_recorded: bool,
) -> Row:
    """Writes a new referral; what was found of case, service and consent (`…_found`) says whether it could.

    `whole` are the key and the audit entry of a request that does nothing else.
    """
    parameters = {**values, "event_type": event.type, "event": json.dumps(document(event))}
    if whole is None:
        return (await executor.execute(CREATE[is_recorded, False], parameters)).mappings().one()
    once, entry = whole
    key = once.row(status=201, headers=headers, free_text=free_text)
    parameters |= {**key, "headers": json.dumps(key["headers"])}
    parameters |= entry.row(object_id=values["id"], case_id=values["case_id"], consent_id=values["consent_id"])
    row = (await executor.execute(CREATE[is_recorded, True], parameters)).mappings().one()
    once.is_written = entry.is_written = True
    return row


async def lock(session: AsyncSession, caller: Caller, referral_id: UUID) -> Row | None:
    """The referral, if the caller is a party, held against other changes until the transaction ends."""
    parameters = {"id": referral_id, "organization": caller.organization()}
    return (await session.execute(LOCK, parameters)).mappings().one_or_none()


async def hold_consent(session: AsyncSession, caller: Caller, referral_id: UUID) -> None:
    """Keeps the consent of a referral of the caller's from being withdrawn until the transaction ends."""
    await session.execute(HOLD_CONSENT, {"id": referral_id, "organization": caller.organization()})


async def change(session: AsyncSession, values: dict[str, Any], event: Event) -> None:
    """Writes a change of a locked referral."""
    wake_after_commit(session)
    await session.execute(CHANGE, {**values, "event_type": event.type, "event": document(event)})


async def read(session: AsyncSession, caller: Caller, referral_id: UUID) -> Row | None:
    """The referral as a party sees it."""
    parameters = {"id": referral_id, "organization": caller.organization()}
    return (await session.execute(READ, parameters)).mappings().one_or_none()


def _list_statement(box: Box, *, by_status: bool) -> TextualSelect:
    """A page of a box, newest first. With statuses, each reads its own stretch of the index before they are merged."""
    side = SIDE[box]
    if not by_status:
        statement = f"""
            SELECT * FROM referral_details WHERE {side} = :organization
            AND (CAST(:before AS uuid) IS NULL OR id < CAST(:before AS uuid)) ORDER BY id DESC LIMIT :limit"""  # noqa: S608
    else:
        statement = f"""
            SELECT d.* FROM unnest(CAST(:statuses AS text[])) AS wanted(status) CROSS JOIN LATERAL (
                SELECT * FROM referral_details r WHERE r.{side} = :organization AND r.status = wanted.status
                AND (CAST(:before AS uuid) IS NULL OR r.id < CAST(:before AS uuid)) ORDER BY r.id DESC LIMIT :limit
            ) AS d ORDER BY d.id DESC LIMIT :limit"""  # noqa: S608 - constant text
    return text(statement).columns(**JSON_COLUMNS)


LISTS = {(box, by_status): _list_statement(box, by_status=by_status) for box in Box for by_status in (False, True)}


async def list_box(
    session: AsyncSession, caller: Caller, box: Box, *, statuses: Sequence[str], before: UUID | None, limit: int
) -> Sequence[Row]:
    """A page of the caller's inbox or outbox."""
    parameters = {"organization": caller.organization(), "before": before, "limit": limit}
    if statuses:
        parameters["statuses"] = sorted(set(statuses))
    return (await session.execute(LISTS[box, bool(statuses)], parameters)).mappings().all()


async def list_history_unscoped(session: AsyncSession, referral_id: UUID, *, after: int, limit: int) -> Sequence[Row]:
    """The changes of a referral in their order. The caller must have been found to be a party."""
    query = (
        select(ReferralHistoryRow.__table__)
        .where(ReferralHistoryRow.referral_id == referral_id, ReferralHistoryRow.version > after)
        .order_by(ReferralHistoryRow.version)
        .limit(limit)
    )
    return (await session.execute(query)).mappings().all()
