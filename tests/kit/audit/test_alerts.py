"""Who reads what is secret of unusually many cases is told of, once."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from paivand_kit.audit.alerts import Usual, tell_of_unusual_reading
from paivand_kit.audit.trail import WRITE_ENTRY, Access, Entry
from paivand_kit.database import Database
from paivand_local.testing import PostgresServer
from sqlalchemy import text

pytestmark = pytest.mark.integration
USUAL = Usual(cases=3, within=timedelta(hours=1))
EVENTS = text("""
    SELECT event FROM outbox WHERE event_type = 'paivand.referral.audit.unusual-reading-found.v1'
    AND event ->> 'subject' = :subject
""")


@pytest.fixture(autouse=True)
async def no_event_stays(kit_postgres: PostgresServer) -> AsyncIterator[None]:
    """The database is the directory's for other tests: a relay of that name may not publish what referral says."""
    yield
    owner = Database(kit_postgres.owner_url("directory"))
    async with owner.transaction() as session:
        await session.execute(text("DELETE FROM outbox WHERE event_type LIKE 'paivand.referral.%'"))
    await owner.close()


async def read(database: Database, subject: str, *cases: UUID, access: Access = Access.READ) -> None:
    async with database.transaction() as session:
        for case_id in cases:
            entry = Entry(subject, None, "paivand", access, "read_identity", "cases", case_id, case_id)
            await session.execute(text(WRITE_ENTRY), entry.row())


async def told_of(database: Database, subject: str) -> list[int]:
    await tell_of_unusual_reading(database, USUAL)
    async with database.transaction() as session:
        return [event["data"]["cases"] for event in await session.scalars(EVENTS, {"subject": subject})]


async def test_many_cases_are_told_once(database: Database, subject: str) -> None:
    await read(database, subject, uuid4(), uuid4())
    assert await told_of(database, subject) == []
    await read(database, subject, uuid4())
    assert await told_of(database, subject) == [3]
    await read(database, subject, uuid4())
    assert await told_of(database, subject) == [3]


async def test_one_case_read_often_is_usual(database: Database, subject: str) -> None:
    await read(database, subject, *[uuid4()] * 5)
    assert await told_of(database, subject) == []


async def test_changes_are_no_reading(database: Database, subject: str) -> None:
    await read(database, subject, *[uuid4() for _ in range(5)], access=Access.UPDATE)
    assert await told_of(database, subject) == []
