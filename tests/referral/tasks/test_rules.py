"""Templates and states of tasks."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paivand_referral.proceedings.rules import Stage
from paivand_referral.tasks.rules import TEMPLATES, Kind, Status, from_template, is_overdue, may_become

DAY = date(2026, 11, 24)


def test_every_stage_has_a_template() -> None:
    assert set(TEMPLATES) == set(Stage)


@given(st.sampled_from(Stage), st.sets(st.sampled_from(Kind)))
def test_a_template_adds_what_is_not_there_and_nothing_twice(stage: Stage, known: set[Kind]) -> None:
    wanted = from_template(stage, DAY, known)
    assert set(wanted) == set(TEMPLATES[stage]) - known
    assert all(day > DAY for day in wanted.values())
    assert from_template(stage, DAY, known | set(wanted)) == {}


@pytest.mark.parametrize(("status", "target"), list(product(Status, Status)))
def test_what_may_become_of_a_task(status: Status, target: Status) -> None:
    moves = {(Status.OPEN, Status.DONE), (Status.OPEN, Status.CANCELLED)}
    assert may_become(status, target) == ((status, target) in moves or (target, status) in moves)


def test_only_an_open_task_is_overdue_and_not_on_its_last_day() -> None:
    assert is_overdue(Status.OPEN, date(2026, 11, 23), DAY)
    assert not is_overdue(Status.OPEN, DAY, DAY)
    assert not is_overdue(Status.DONE, date(2026, 11, 23), DAY)
