"""Plans of the inbox: a page costs the same however many entries there are."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from paivand_kit.database import Database
from paivand_local.testing import PostgresServer
from paivand_notify.inbox import repository
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tests.notify.plans import Recorder, nodes

pytestmark = pytest.mark.integration
ROWS = 100_000


@pytest.fixture(scope="module")
async def full(postgres: PostgresServer, database: Database) -> AsyncIterator[tuple[Database, UUID]]:
    """A table with many entries of a hundred inboxes; emptied afterwards."""
    organization_id = uuid4()
    fill = text("""
        INSERT INTO inbox_entries
            (id, event_id, organization_id, kind, subject_type, subject_id, reference, status, priority, read_at)
        SELECT gen_random_uuid(), gen_random_uuid(),
            CASE n % 100 WHEN 0 THEN NULL WHEN 1 THEN CAST(:organization_id AS uuid) ELSE others[n % 100] END,
            'requested', 'referral', gen_random_uuid(), 'R-7K2M-9QXD-4', 'requested', 'routine',
            CASE WHEN n % 9 > 0 THEN now() END
        FROM generate_series(1, :rows) AS n,
            (SELECT array_agg(gen_random_uuid()) AS others FROM generate_series(1, 99)) AS organizations
    """)
    owner = Database(postgres.owner_url("notify"))
    async with owner.transaction() as session:
        await session.execute(fill, {"organization_id": organization_id, "rows": ROWS})
        await session.execute(text("ANALYZE inbox_entries"))
    yield owner, organization_id
    async with owner.transaction() as session:
        await session.execute(text("TRUNCATE inbox_entries"))
        await session.execute(text("ANALYZE inbox_entries"))
    await owner.close()


async def assert_walk_along(session: AsyncSession, recorder: Recorder, indexes: list[str], *, at_most: int) -> None:
    """The rows of each statement come from its index, in its order, and none is fetched in vain."""
    assert len(recorder.statements) == len(indexes)
    for number, index in enumerate(indexes):
        found = nodes(await recorder.plan(number))
        scans = [node for node in found if "Scan" in node["Node Type"]]
        assert [scan.get("Index Name") for scan in scans] == [index]
        assert "Sort" not in {node["Node Type"] for node in found}
        assert scans[0]["Actual Rows"] + scans[0].get("Rows Removed by Filter", 0) <= at_most


@pytest.mark.parametrize("is_coordinators", [False, True], ids=["organization", "coordinators"])
@pytest.mark.parametrize("before", [None, ROWS // 2])
async def test_page_walks_the_index(full: tuple[Database, UUID], is_coordinators: bool, before: int | None) -> None:
    database, organization_id = full
    audience = None if is_coordinators else organization_id
    async with database.transaction() as session:
        with Recorder(session) as recorder:
            await repository.list_newest(session, [audience], is_unread=None, before=before, limit=51)
        index = "ix_inbox_entries_coordinators" if is_coordinators else "ix_inbox_entries_organization_id_position"
        await assert_walk_along(session, recorder, [index], at_most=51)


async def test_unread_page_walks_its_partial_index(full: tuple[Database, UUID]) -> None:
    database, organization_id = full
    async with database.transaction() as session:
        with Recorder(session) as recorder:
            await repository.list_newest(session, [organization_id], is_unread=True, before=None, limit=51)
        await assert_walk_along(session, recorder, ["ix_inbox_entries_unread"], at_most=51)


async def test_resume_walks_the_index(full: tuple[Database, UUID]) -> None:
    database, organization_id = full
    async with database.transaction() as session:
        latest = await repository.get_latest_position(session)
        with Recorder(session) as recorder:
            await repository.list_after(session, [organization_id, None], after=latest - ROWS // 2, limit=200)
        indexes = ["ix_inbox_entries_organization_id_position", "ix_inbox_entries_coordinators"]
        await assert_walk_along(session, recorder, indexes, at_most=200)


async def test_live_feed_walks_the_primary_key(full: tuple[Database, UUID]) -> None:
    database, _ = full
    async with database.transaction() as session:
        latest = await repository.get_latest_position(session)
        with Recorder(session) as recorder:
            await repository.list_after_unscoped(session, after=latest - 1000, limit=200)
        await assert_walk_along(session, recorder, ["pk_inbox_entries"], at_most=200)
