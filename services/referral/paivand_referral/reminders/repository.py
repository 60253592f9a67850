"""SQL of the reminders."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from paivand_kit.caller import Caller
from sqlalchemy import RowMapping, delete, func, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from ..hearings.repository import visible_to
from ..hearings.tables import HearingRow
from ..lawyers.tables import LawyerRow
from ..proceedings.repository import is_current
from .rules import Planned
from .tables import AcknowledgementRow, ReminderRow

# Each replica takes rows that no other has. A row that is put in anew meanwhile waits until this is committed, and is
# found by the next round.
TO_PLAN = text("""
    WITH taken AS (
        SELECT hearing_id FROM hearings_to_plan ORDER BY queued_at LIMIT :limit FOR UPDATE SKIP LOCKED
    ), done AS (
        DELETE FROM hearings_to_plan q USING taken WHERE q.hearing_id = taken.hearing_id RETURNING q.hearing_id
    )
    SELECT h.id, h.organization_id, h.starts_at, h.status = 'scheduled' AS is_scheduled,
        ARRAY(SELECT DISTINCT l.organization_id FROM lawyers_of_record l WHERE l.proceeding_id = h.proceeding_id
            AND l.from_on <= h.starts_at::date
            AND (l.until_on IS NULL OR l.until_on >= (now() AT TIME ZONE 'UTC')::date)) AS lawyers
    FROM done JOIN hearings h ON h.id = done.hearing_id
""")

# Whatever is not in the new plan: the hearing moved or will not take place, or a mandate ended.
DROP_OUTDATED = text("""
    DELETE FROM reminders r WHERE r.hearing_id = ANY(CAST(:ids AS uuid[])) AND r.fired_at IS NULL
    AND NOT EXISTS (
        SELECT FROM unnest(CAST(:hearings AS uuid[]), CAST(:organizations AS uuid[]), CAST(:starts AS timestamptz[]))
            AS planned (hearing_id, organization_id, starts_at)
        WHERE (planned.hearing_id, planned.organization_id, planned.starts_at)
            = (r.hearing_id, r.organization_id, r.starts_at)
    )
""")

# The partial index holds only what is still to be said, in the order in which it is due.
FIRE = text("""
    WITH due AS (
        SELECT hearing_id, organization_id, kind, minutes_before, starts_at FROM reminders
        WHERE fired_at IS NULL AND due_at <= now() ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED
    ), fired AS (
        UPDATE reminders r SET fired_at = now() FROM due
        WHERE (r.hearing_id, r.organization_id, r.kind, r.minutes_before, r.starts_at)
            = (due.hearing_id, due.organization_id, due.kind, due.minutes_before, due.starts_at)
        RETURNING r.hearing_id, r.organization_id, r.kind, r.minutes_before, r.starts_at
    )
    SELECT fired.*, p.case_number, h.hearing_type, h.time_zone, h.interpreter, h.transport,
        h.status = 'scheduled' AND h.starts_at = fired.starts_at AND h.starts_at > now() AS still_stands,
        EXISTS (SELECT FROM hearing_acknowledgements a WHERE (a.hearing_id, a.organization_id, a.starts_at)
            = (fired.hearing_id, fired.organization_id, fired.starts_at)) AS is_acknowledged,
        EXISTS (SELECT FROM lawyers_of_record l WHERE l.proceeding_id = h.proceeding_id AND l.subject IS NOT NULL
            AND l.from_on <= h.starts_at::date
            AND (l.until_on IS NULL OR l.until_on >= (now() AT TIME ZONE 'UTC')::date)) AS has_lawyer
    FROM fired JOIN hearings h ON h.id = fired.hearing_id JOIN proceedings p ON p.id = h.proceeding_id
""")

UNSAY = text("""
    DELETE FROM reminders r USING jsonb_to_recordset(CAST(:rows AS jsonb))
        AS unsaid (hearing_id uuid, organization_id uuid, kind text, minutes_before integer, starts_at timestamptz)
    WHERE (r.hearing_id, r.organization_id, r.kind, r.minutes_before, r.starts_at)
        = (unsaid.hearing_id, unsaid.organization_id, unsaid.kind, unsaid.minutes_before, unsaid.starts_at)
""")
KEY = ("hearing_id", "organization_id", "kind", "minutes_before", "starts_at")


async def claim_to_plan_unscoped(session: AsyncSession, *, limit: int) -> Sequence[RowMapping]:
    """Takes hearings whose reminders must be planned anew, with what the plan needs."""
    return (await session.execute(TO_PLAN, {"limit": limit})).mappings().all()


async def replace_unscoped(
    session: AsyncSession, hearing_ids: Sequence[UUID], planned: Sequence[tuple[UUID, datetime, Planned]]
) -> None:
    """Drops what no longer stands and adds what is planned; what was said or is there already stays."""
    kept = {(hearing_id, each.organization_id, starts_at) for hearing_id, starts_at, each in planned}
    columns = dict(zip(("hearings", "organizations", "starts"), map(list, zip(*kept, strict=True)), strict=False))
    nothing: dict[str, list[Any]] = {"hearings": [], "organizations": [], "starts": []}
    await session.execute(DROP_OUTDATED, {"ids": list(hearing_ids), **nothing, **columns})
    rows = [
        {
            "hearing_id": hearing_id,
            "starts_at": starts_at,
            "organization_id": each.organization_id,
            "kind": each.kind.value,
            "minutes_before": each.minutes_before,
            "due_at": each.due_at,
        }
        for hearing_id, starts_at, each in planned
    ]
    if rows:
        await session.execute(upsert(ReminderRow).on_conflict_do_nothing(), rows)


async def fire_unscoped(session: AsyncSession, *, limit: int) -> Sequence[RowMapping]:
    """Takes what is due, the oldest first, once each."""
    return (await session.execute(FIRE, {"limit": limit})).mappings().all()


async def unsay_unscoped(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Forgets what was taken and not said, so that it may be planned again."""
    await session.execute(UNSAY, {"rows": json.dumps(rows)})


async def delete_before_unscoped(session: AsyncSession, starts_before: datetime) -> None:
    """Forgets reminders of hearings before a time."""
    await session.execute(delete(ReminderRow).where(ReminderRow.starts_at < starts_before))


async def get_hearing(session: AsyncSession, caller: Caller, hearing_id: UUID) -> HearingRow | None:
    """A hearing that the caller may see, held against changes."""
    return await session.scalar(visible_to(caller).where(HearingRow.id == hearing_id).with_for_update(key_share=True))


async def is_of_record(session: AsyncSession, caller: Caller, proceeding_id: UUID) -> bool:
    """Whether the caller is a lawyer of record, or of an organization that is and has named nobody yet."""
    query = select(LawyerRow.id).where(
        LawyerRow.proceeding_id == proceeding_id,
        LawyerRow.organization_id == caller.organization(),
        func.coalesce(LawyerRow.subject, caller.subject) == caller.subject,
        is_current(),
    )
    return await session.scalar(query.limit(1)) is not None


async def acknowledge(session: AsyncSession, caller: Caller, row: HearingRow) -> AcknowledgementRow:
    """Notes that the organization knows of this time; the first one stays."""
    values = {"hearing_id": row.id, "organization_id": caller.organization(), "starts_at": row.starts_at}
    await session.execute(upsert(AcknowledgementRow).values(**values, subject=caller.subject).on_conflict_do_nothing())
    return await session.get_one(AcknowledgementRow, tuple(values.values()))
