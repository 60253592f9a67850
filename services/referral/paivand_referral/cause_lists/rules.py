"""How a court's list is read, and what a line means for a hearing. Pure: no clock, no I/O."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

FEWEST_REPORTED = 20
COLUMNS = ("file_number", "starts_at", "hearing_type", "room", "status", "previous_starts_at")


class BadCsv(Exception):  # noqa: N818 - a fact, not a fault
    """The text as a whole is no CSV of ours. Says why."""


def read_csv(text: str) -> Iterator[dict[str, Any]]:
    """Lines as objects; an empty cell is a value that is not there.

    Raises:
        BadCsv: the columns are not ours, or the text is no CSV.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        first = next(reader, list[str]())
        names = [name.strip().lstrip("\ufeff") for name in first]
        if not {"file_number", "starts_at"} <= set(names) or not set(names) <= set(COLUMNS):
            raise BadCsv("The first line names the columns: " + ", ".join(COLUMNS) + "; the first two are needed.")
        for cells in reader:
            if cells:
                # A cell too many is refused with its line, as an unknown field.
                padded = [*names, *(f"column {place}" for place in range(len(names), len(cells)))]
                yield {name: cell for name, cell in zip(padded, cells, strict=False) if cell.strip()}
    except csv.Error:
        raise BadCsv("The text is no CSV (RFC 4180).") from None


class Step(StrEnum):
    """What is to be done."""

    NOTHING = "nothing"
    SCHEDULE = "schedule"
    MOVE = "move"
    ADJOURN = "adjourn"
    VACATE = "vacate"


@dataclass(frozen=True)
class Known:
    """A scheduled hearing of the proceeding."""

    id: UUID
    starts_local: datetime
    starts_at: datetime
    room: str | None


def step_for(
    known: list[Known], *, on: date, starts_at: datetime, room: str | None, is_vacated: bool, previous_on: date | None
) -> tuple[Step, UUID | None]:
    """What a line means, given the scheduled hearings: at most one of them is meant.

    The one on the day that the line names, or on the day from which it says that the hearing was moved. The same list
    once more changes nothing.
    """
    here = next((each for each in known if each.starts_local.date() == on), None)
    before = next((each for each in known if previous_on and each.starts_local.date() == previous_on), None)
    if is_vacated:
        return (Step.VACATE, here.id) if here else (Step.NOTHING, None)
    if here:
        is_same = here.starts_at == starts_at and (room is None or here.room == room)
        return (Step.NOTHING, here.id) if is_same else (Step.MOVE, here.id)
    return (Step.ADJOURN, before.id) if before else (Step.SCHEDULE, None)
