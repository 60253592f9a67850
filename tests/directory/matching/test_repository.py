"""The statement judges as the rules do."""

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paivand_contracts.matching import Attribute, Criterion, Operator
from paivand_directory.eligibility.rules import OPERATORS, RANGES, Answer, verdict
from paivand_directory.matching.repository import PERSON, VERDICT, person
from paivand_kit.database import Database
from paivand_local.testing import PostgresServer
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

pytestmark = pytest.mark.integration
CODES = st.lists(st.sampled_from(["a", "b", "c"]), max_size=3, unique=True)
NUMBERS = st.none() | st.integers(0, 6)

JUDGE = text(f"""
    SELECT {VERDICT} FROM jsonb_to_recordset(:criteria)
        AS e (place integer, attribute text, operator text, codes text[], minimum integer, maximum integer)
    LEFT JOIN {PERSON} ON p.attribute = e.attribute ORDER BY e.place
""").bindparams(bindparam("person", type_=JSONB), bindparam("criteria", type_=JSONB))  # noqa: S608 - constant text


@st.composite
def criteria(draw: st.DrawFn) -> Criterion:
    attribute = draw(st.sampled_from(Attribute))
    operator = draw(st.sampled_from(sorted(OPERATORS[attribute])))
    if operator not in RANGES:
        return Criterion(attribute=attribute, operator=Operator(operator), codes=draw(CODES))
    low, high = draw(NUMBERS), draw(NUMBERS)
    if low is not None and high is not None:
        low, high = min(low, high), max(low, high)
    return Criterion(attribute=attribute, operator=Operator(operator), minimum=low, maximum=high)


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


def test_sql_and_rules_agree(postgres: PostgresServer) -> None:
    loop, database = asyncio.new_event_loop(), Database(postgres.url("directory"), pool_size=1)
    words: dict[Any, str] = {None: "unknown", True: "met", False: "not-met"}

    async def judged(conditions: list[Criterion], answers: dict[Attribute, Answer]) -> list[str]:
        rows = [{"place": place, **each.model_dump(mode="json")} for place, each in enumerate(conditions)]
        async with database.transaction() as session:
            found = await session.scalars(JUDGE, {"person": person(answers), "criteria": rows})
            return [words[each] for each in found]

    @settings(max_examples=150, deadline=None)
    @given(st.lists(criteria(), min_size=1, max_size=30), known())
    def agree(conditions: list[Criterion], answers: dict[Attribute, Answer]) -> None:
        assert loop.run_until_complete(judged(conditions, answers)) == [verdict(each, answers) for each in conditions]

    try:
        agree()
    finally:
        loop.run_until_complete(database.close())
        loop.close()
