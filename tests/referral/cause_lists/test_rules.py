"""How a list is read, and what a line means."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from paivand_referral.cause_lists.rules import BadCsv, Known, Step, read_csv, step_for

local = datetime.fromisoformat
AT = local("2026-12-01T09:30")
HEARING = Known(uuid4(), AT, AT.replace(tzinfo=UTC), "4")
OTHER = Known(uuid4(), local("2026-12-08T09:30"), local("2026-12-08T09:30+00:00"), None)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, (Step.NOTHING, HEARING.id)),
        ({"room": None}, (Step.NOTHING, HEARING.id)),
        ({"room": "5"}, (Step.MOVE, HEARING.id)),
        ({"starts_at": local("2026-12-01T11:00+00:00")}, (Step.MOVE, HEARING.id)),
        ({"is_vacated": True}, (Step.VACATE, HEARING.id)),
        ({"on": date(2026, 12, 2), "is_vacated": True}, (Step.NOTHING, None)),
        ({"on": date(2026, 12, 2)}, (Step.SCHEDULE, None)),
        ({"on": date(2026, 12, 2), "previous_on": date(2026, 12, 1)}, (Step.ADJOURN, HEARING.id)),
        ({"on": date(2026, 12, 2), "previous_on": date(2026, 12, 8)}, (Step.ADJOURN, OTHER.id)),
        ({"on": date(2026, 12, 2), "previous_on": date(2026, 12, 3)}, (Step.SCHEDULE, None)),
        # Sent again after it was done.
        ({"previous_on": date(2026, 11, 30)}, (Step.NOTHING, HEARING.id)),
    ],
)
def test_what_a_line_means(said: dict, expected: tuple) -> None:
    line = {
        "on": date(2026, 12, 1),
        "starts_at": HEARING.starts_at,
        "room": "4",
        "is_vacated": False,
        "previous_on": None,
    }
    assert step_for([HEARING, OTHER], **(line | said)) == expected


def test_csv_is_read_by_its_columns() -> None:
    text = (
        '\ufeffroom,file_number,starts_at\r\n"4, left",1-1/2026,2026-12-01T09:30\r\n\r\n,1-2/2026,2026-12-01T10:00\r\n'
    )
    assert list(read_csv(text)) == [
        {"room": "4, left", "file_number": "1-1/2026", "starts_at": "2026-12-01T09:30"},
        {"file_number": "1-2/2026", "starts_at": "2026-12-01T10:00"},
    ]


def test_a_cell_too_many_is_a_field_that_is_not_ours() -> None:
    (line,) = read_csv("file_number,starts_at\n1,2026-12-01T09:30,surplus\n")
    assert line["column 2"] == "surplus"


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "file_number\n1\n", 'file_number,starts_at\n"1,2'])
def test_what_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(BadCsv):
        list(read_csv(text))
