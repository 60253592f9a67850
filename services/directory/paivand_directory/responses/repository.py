"""The only place with SQL on responses."""

from datetime import timedelta

from paivand_contracts.referral import ReferralEvent
from sqlalchemy import bindparam, delete, func, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from .tables import ReferralAnswerRow, ResponseRecordRow

ADD = insert(ReferralAnswerRow).on_conflict_do_nothing()
ANSWER = (
    update(ReferralAnswerRow)
    .where(ReferralAnswerRow.referral_id == bindparam("id"), ReferralAnswerRow.answered_at.is_(None))
    .values(answered_at=bindparam("at"))
)
DROP = delete(ReferralAnswerRow).where(
    ReferralAnswerRow.referral_id == bindparam("id"), ReferralAnswerRow.answered_at.is_(None)
)

# What is still within its deadline says nothing yet.
RECKON = text(f"""
    WITH reckoned AS (
        SELECT organization_id, count(*) AS asked,
            count(*) FILTER (WHERE answered_at <= respond_by) AS answered_in_time,
            round(extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY answered_at - asked_at)) / 60)
                AS median_minutes
        FROM referral_answers WHERE answered_at IS NOT NULL OR respond_by <= statement_timestamp()
        GROUP BY organization_id HAVING count(*) >= :fewest
    ), gone AS (
        DELETE FROM response_records r WHERE NOT EXISTS
            (SELECT FROM reckoned WHERE reckoned.organization_id = r.organization_id)
    )
    INSERT INTO {ResponseRecordRow.__tablename__} AS r SELECT * FROM reckoned
    ON CONFLICT (organization_id) DO UPDATE SET asked = excluded.asked,
        answered_in_time = excluded.answered_in_time, median_minutes = excluded.median_minutes
    WHERE (r.asked, r.answered_in_time, r.median_minutes)
        IS DISTINCT FROM (excluded.asked, excluded.answered_in_time, excluded.median_minutes)
""")  # noqa: S608 - constant text


async def add_asked(session: AsyncSession, event: ReferralEvent) -> None:
    """A referral waits for an answer from now on."""
    facts = event.data
    values = {"referral_id": facts.referral_id, "organization_id": facts.owner_organization_id}
    times = {"asked_at": event.time, "respond_by": facts.respond_by}
    await session.execute(ADD, [{**values, **times}])


async def put_answered(session: AsyncSession, event: ReferralEvent) -> None:
    """It was answered; only the first answer counts."""
    connection = await session.connection()
    await connection.execute(ANSWER, {"id": event.data.referral_id, "at": event.time})


async def remove_unanswered(session: AsyncSession, event: ReferralEvent) -> None:
    """It was taken back before there was an answer: nobody failed."""
    connection = await session.connection()
    await connection.execute(DROP, {"id": event.data.referral_id})


async def forget(session: AsyncSession, older_than: timedelta) -> None:
    """Deletes what is too old to count."""
    await session.execute(
        delete(ReferralAnswerRow).where(ReferralAnswerRow.asked_at < func.statement_timestamp() - older_than)
    )


async def reckon(session: AsyncSession, *, fewest: int) -> None:
    """Reckons all records anew, of organizations that were asked at least so often."""
    await session.execute(RECKON, {"fewest": fewest})
