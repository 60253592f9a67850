"""Row-level security as the second gate: a repository that forgot whose the rows are still shows no foreign one."""

from uuid import uuid4

import pytest
from paivand_contracts.codes import Role
from paivand_kit.database import Database
from paivand_kit.row_scope import SERVICE, RowScope
from paivand_referral.referrals.repository import LISTS
from paivand_referral.referrals.rules import Box
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from tests.factories.running import Person
from tests.factories.unscoped_sql import where_removed
from tests.referral.conftest import Story

pytestmark = pytest.mark.integration
TABLES = ["cases", "case_keys", "consents", "disclosures", "referrals", "referral_history", "referral_details"]


@pytest.fixture
async def stranger(story: Story) -> Person:
    return await story.network.member("Stranger", Role.MEMBER, Role.MANAGER)


async def test_without_where_lists_show_nothing_foreign(story: Story, stranger: Person, database: Database) -> None:
    await story.referral()
    lists = [{"box": "inbox"}, {"box": "outbox"}, {"box": "inbox", "status": "requested"}]
    with where_removed(database) as changed:
        answers = [await stranger.get("/referral/v1/cases")]
        answers += [await stranger.get("/referral/v1/referrals", **question) for question in lists]
    assert len(changed) == len(answers)
    assert [answer.json()["items"] for answer in answers] == [[]] * len(answers)


async def test_without_where_what_is_another_organizations_is_not_found(
    story: Story, stranger: Person, database: Database
) -> None:
    referral = await story.referral()
    case, one = f"/referral/v1/cases/{story.case_id}", f"/referral/v1/referrals/{referral['id']}"
    reads = [case, f"{case}/consents", f"{case}/disclosures", f"{case}/consents/{referral['consent']['id']}"]
    reads += [one, f"{one}/history"]
    with where_removed(database) as changed:
        answers = [await stranger.get(path) for path in reads]
        answers.append(await stranger.get("/referral/v1/audit", case_id=story.case_id))
        acted = await stranger.post(f"{one}/accept", etag='"1"')
        sent = await stranger.post("/referral/v1/referrals", story.request())
    assert len(changed) >= len(reads) + 2
    assert {answer.status_code for answer in (*answers, acted)} == {404}
    assert (sent.status_code, sent.json()["errors"][0]["pointer"]) == (422, "/case_id"), sent.text


async def test_the_removed_where_is_what_else_would_hold(story: Story, stranger: Person, database: Database) -> None:
    """So that the two tests above can fail: as the service, the same statement shows everybody's rows."""
    await story.referral()
    statement, question = (
        LISTS[Box.INBOX, False],
        {"organization": stranger.organization_id, "before": None, "limit": 9},
    )
    with where_removed(database):
        async with database.transaction(SERVICE) as session:
            assert (await session.execute(statement, question)).all() != []
        async with database.transaction(RowScope(stranger.organization_id)) as session:
            assert (await session.execute(statement, question)).all() == []


@pytest.mark.parametrize("table", TABLES)
async def test_nothing_is_visible_to_nobody(story: Story, database: Database, table: str) -> None:
    await story.referral()
    count = text(f"SELECT count(*) FROM {table}")  # noqa: S608 - constant text
    async with database.transaction(RowScope()) as session:
        assert await session.scalar(count) == 0
    async with database.transaction(RowScope(uuid4(), "coordinator")) as session:
        assert await session.scalar(count) == 0
    async with database.transaction() as session:
        assert await session.scalar(count) != 0


async def test_a_parties_view_of_a_case_is_no_right_to_write(story: Story, database: Database) -> None:
    await story.referral()
    lawyer = RowScope(story.lawyer.organization_id)
    with pytest.raises(ProgrammingError, match="row-level security"):
        async with database.transaction(lawyer) as session:
            await session.execute(
                text(
                    "INSERT INTO cases (id, number, organization_id, age_band, gender, languages, needs, created_by) "
                    "VALUES (:id, :number, :shelter, 'unknown', 'unknown', '{}', '{}', 'x')"
                ),
                {"id": uuid4(), "number": str(uuid4()), "shelter": story.shelter.organization_id},
            )


async def test_a_connection_keeps_no_scope(story: Story, database: Database) -> None:
    async with database.transaction(RowScope(story.shelter.organization_id)) as session:
        assert await session.scalar(text("SELECT count(*) FROM cases")) == 1
    async with database.engine.connect() as connection:
        settings = text("SELECT current_setting('paivand.organization', true), current_setting('paivand.scope', true)")
        assert tuple((await connection.execute(settings)).one()) == ("", "")


async def test_keyset_pages_still_walk_their_index(story: Story, database: Database) -> None:
    """Planned as for a large table: a sequential scan or a sort would make the page grow with the network."""
    question = {"organization": story.lawyer.organization_id, "before": None, "limit": 51}
    async with database.transaction(RowScope(story.lawyer.organization_id)) as session:
        # In a table of a few rows, fetching all and sorting them would do as well.
        for way in ("seqscan", "bitmapscan", "sort"):
            await session.execute(text(f"SET LOCAL enable_{way} = off"))
        plan = "\n".join(
            await session.scalars(text(f"EXPLAIN (COSTS OFF) {LISTS[Box.INBOX, False].element.text}"), question)
        )
    assert "Index Scan Backward using ix_referrals_owner" in plan, plan
    assert "Sort" not in plan, plan
