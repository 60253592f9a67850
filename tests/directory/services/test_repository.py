"""How the database finds services."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from fastapi import FastAPI
from paivand_contracts.codes import Role
from paivand_directory.search.rules import TextQuery
from paivand_directory.services.repository import Search, list_services
from paivand_kit.caller import Caller
from sqlalchemy import event, text

pytestmark = pytest.mark.integration


@pytest.fixture
def statements(app: FastAPI) -> Iterator[list[tuple[str, tuple[object, ...]]]]:
    """The SQL that is sent, while the test runs."""
    sent: list[tuple[str, tuple[object, ...]]] = []
    engine = app.state.database.engine.sync_engine

    def note(conn: object, cursor: object, statement: str, parameters: tuple[object, ...], *_: object) -> None:
        sent.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    ("search", "index"),
    [
        (Search(), "ix_services_name_id"),
        (Search(words=TextQuery("rare:*", "rare:*")), "ix_services_search"),
        (Search(codes=["family-tracing"]), "ix_services_taxonomy_terms"),
        (Search(organization_id=uuid4()), "ix_services_organization_id_name_id"),
    ],
)
async def test_each_search_has_its_index(
    app: FastAPI, statements: list[tuple[str, tuple[object, ...]]], search: Search, index: str
) -> None:
    caller = Caller("s", "c", None, frozenset({Role.COORDINATOR}))
    async with app.state.database.transaction() as session:
        connection = await session.connection()
        # Few rows here: the planner would read the table. What is tested is that an index fits the query at all.
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        statements.clear()
        await list_services(session, caller, search, after=None, limit=51)
        statement, parameters = statements[0]
        plan = await connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
        assert index in "\n".join(row[0] for row in plan)
