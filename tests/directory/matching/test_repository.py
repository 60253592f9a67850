"""The statement judges as the rules do, on rows that the database keeps right by itself."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paivand_contracts.envelope import new_id
from paivand_contracts.matching import Attribute, Criterion, Operator, Verdict
from paivand_directory.eligibility.rules import CODED, CONDITION_COLUMNS, OPERATORS, RANGES, Answer, verdict
from paivand_directory.matching.repository import FAILURES, UNKNOWN, parameters
from paivand_kit.database import Database
from paivand_local.testing import PostgresServer
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

pytestmark = pytest.mark.integration
CODES = st.lists(st.sampled_from(["a", "b", "c"]), max_size=3, unique=True)
NUMBERS = st.none() | st.integers(0, 6)
KINDS = [(attribute, operator) for attribute in Attribute for operator in sorted(OPERATORS[attribute])]

ORGANIZATION = text("INSERT INTO organizations (id, name, description, status) VALUES (:id, 'x', 'x', 'active')")
SERVICE = text("""
    INSERT INTO services (id, organization_id, name, status, taxonomy_terms, minimum_age, maximum_age)
    VALUES (:id, :organization_id, 'x', 'active', '{}', :minimum, :maximum)
""")
CRITERION = text("""
    INSERT INTO eligibility_criteria (service_id, attribute, operator, codes, minimum, maximum)
    VALUES (:service_id, :attribute, :operator, :codes, :minimum, :maximum)
""")
COUNTS = text(f"""
    SELECT e.conditions, {FAILURES} AS failures, {UNKNOWN} AS unknown FROM match_entries e WHERE e.service_id = :id
""")  # noqa: S608 - constant text
ENTRY = text("SELECT * FROM match_entries WHERE service_id = :id")


@st.composite
def a_criterion(draw: st.DrawFn, attribute: Attribute, operator: Operator) -> Criterion:
    if operator not in RANGES:
        return Criterion(attribute=attribute, operator=operator, codes=draw(CODES))
    low, high = draw(NUMBERS), draw(NUMBERS)
    if low is not None and high is not None:
        low, high = min(low, high), max(low, high)
    if low is None and high is None:
        low = draw(st.integers(0, 6))
    return Criterion(attribute=attribute, operator=operator, minimum=low, maximum=high)


@st.composite
def conditions(draw: st.DrawFn) -> list[Criterion]:
    return [draw(a_criterion(*kind)) for kind in draw(st.lists(st.sampled_from(KINDS), unique=True))]


@st.composite
def known(draw: st.DrawFn) -> dict[Attribute, Answer]:
    answers: dict[Attribute, Answer] = {}
    for attribute in draw(st.lists(st.sampled_from(Attribute), unique=True)):
        if OPERATORS[attribute] & RANGES:
            ends = draw(st.none() | st.lists(st.integers(0, 6), min_size=2, max_size=2).map(sorted))
            answers[attribute] = Answer(low=ends[0], high=ends[1]) if ends else Answer()
        else:
            answers[attribute] = Answer(codes=frozenset(draw(CODES)))
    return answers


async def a_service(session: AsyncSession, criteria: list[Criterion]) -> Any:
    """Id of a service with these conditions."""
    organization_id, service_id = uuid4(), new_id()
    age = next((each for each in criteria if each.attribute is Attribute.AGE), None)
    ages = {"minimum": age and age.minimum, "maximum": age and age.maximum}
    await session.execute(ORGANIZATION, {"id": organization_id})
    await session.execute(SERVICE, {"id": service_id, "organization_id": organization_id, **ages})
    for each in criteria:
        if each.attribute is not Attribute.AGE:
            await session.execute(CRITERION, {"service_id": service_id, **each.model_dump()})
    return service_id


def test_sql_and_rules_agree(postgres: PostgresServer) -> None:
    loop, database = asyncio.new_event_loop(), Database(postgres.url("directory"), pool_size=1)

    async def counted(criteria: list[Criterion], answers: dict[Attribute, Answer]) -> tuple[int, ...]:
        async with database.transaction() as session:
            service_id = await a_service(session, criteria)
            row = (await session.execute(COUNTS, {"id": service_id, **parameters(answers)})).one()
            await session.rollback()
            return tuple(row)

    @settings(max_examples=120, deadline=None)
    @given(conditions(), known())
    def agree(criteria: list[Criterion], answers: dict[Attribute, Answer]) -> None:
        verdicts = [verdict(each, answers) for each in criteria]
        expected = (len(criteria), verdicts.count(Verdict.NOT_MET), verdicts.count(Verdict.UNKNOWN))
        assert loop.run_until_complete(counted(criteria, answers)) == expected

    try:
        agree()
    finally:
        loop.run_until_complete(database.close())
        loop.close()


async def test_every_kind_of_condition_has_its_column(postgres: PostgresServer) -> None:
    """A new attribute is forgotten by nobody: each condition, alone, is seen in the columns named after it."""
    database = Database(postgres.url("directory"), pool_size=1)
    for attribute, operator in KINDS:
        is_coded = operator in CODED
        criterion = Criterion(
            attribute=attribute,
            operator=operator,
            codes=["a"] if is_coded else [],
            minimum=None if is_coded else 1,
            maximum=None if is_coded else 2,
        )
        async with database.transaction() as session:
            service_id = await a_service(session, [criterion])
            row = (await session.execute(ENTRY, {"id": service_id})).mappings().one()
            await session.rollback()
        stated = {name for name in CONDITION_COLUMNS if row[name] is not None}
        name = attribute.replace("-", "_")
        ends = {f"{name}_minimum", f"{name}_maximum"}
        assert stated == ({f"{name}_{operator.replace('-', '_')}"} if is_coded else ends)
        assert row["conditions"] == 1
    await database.close()


async def test_of_two_changes_at_once_none_is_lost(postgres: PostgresServer) -> None:
    database = Database(postgres.url("directory"), pool_size=3)
    async with database.transaction() as session:
        service_id = await a_service(session, [])
    women = Criterion(attribute=Attribute.GENDER, operator=Operator.ANY_OF, codes=["female"])
    async with database.transaction() as first:
        await first.execute(text("UPDATE services SET minimum_age = 18 WHERE id = :id"), {"id": service_id})

        async def second() -> None:
            async with database.transaction() as session:
                await session.execute(CRITERION, {"service_id": service_id, **women.model_dump()})

        waiting = asyncio.create_task(second())
        async with database.transaction() as watching:
            blocked = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            while not await watching.scalar(blocked):
                await watching.execute(text("SELECT pg_stat_clear_snapshot()"))
                await asyncio.sleep(0)
    await waiting
    async with database.transaction() as session:
        row = (await session.execute(ENTRY, {"id": service_id})).mappings().one()
    await database.close()
    assert (row["age_minimum"], row["gender_any_of"], row["conditions"]) == (18, ["female"], 2)
