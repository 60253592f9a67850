"""Use cases of the cause lists."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from paivand_contracts.envelope import new_id
from paivand_contracts.problems import InvalidField, ProblemType
from paivand_kit.caller import Caller
from paivand_kit.problems import ProblemError, invalid
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from ..court_files.service import token_of
from ..hearings import court as hearings
from ..hearings import zones
from ..hearings.rules import LocalTimeError, Start, start_of
from ..identities.index import BlindIndex
from ..proceedings.tables import ProceedingRow
from . import repository, rules
from .rules import Known, Step
from .schemas import MOST_LINES, CauseList, CauseListCreate, CauseListLine
from .tables import CauseListLineRow, CauseListRow

MOST_PROBLEMS = 1_000
SAFE_RULES = {"missing": "This is needed.", "extra_forbidden": "There is no such field."}


async def take_in(session: AsyncSession, index: BlindIndex, caller: Caller, new: CauseListCreate) -> CauseList:
    """Checks a list and keeps its good lines, to be handled after the answer.

    Nothing is looked up before the answer: it is the same, and takes as long, whether or not a line concerns a case.

    Raises:
        ProblemError: `invalid` with what is wrong with each line, unless the good ones are to be kept.
    """
    place, given = _given(new)
    good: list[dict[str, Any]] = []
    problems: list[InvalidField] = []
    for number, line in enumerate(given):
        try:
            good.append(_read(index, new, line))
        except ValidationError as fault:
            problems += [_problem(f"/{place}/{number}", error) for error in fault.errors(include_url=False)]
        except _BadLine as fault:
            problems.append(InvalidField(pointer=f"/{place}/{number}{fault.at}", rule=fault.rule, detail=str(fault)))
    if problems and not (new.keep_good_lines or new.dry_run):
        detail = f"{len(given) - len(good)} of {len(given)} lines are bad; none was taken."
        raise ProblemError(ProblemType.INVALID, detail, errors=problems[:MOST_PROBLEMS])
    list_id = None if new.dry_run else new_id()
    if list_id is not None:
        by = {"organization_id": caller.organization(), "client_id": caller.client_id}
        lines = [{**line, "cause_list_id": list_id} for line in good]
        await repository.add(session, {"id": list_id, "accepted": len(good), **by}, lines)
    return CauseList(id=list_id, received=len(given), accepted=len(good), problems=problems[:MOST_PROBLEMS])


class _BadLine(Exception):  # noqa: N818 - becomes a line of a problem
    def __init__(self, at: str, rule: str, detail: str) -> None:
        super().__init__(detail)
        self.at, self.rule = at, rule


def _given(new: CauseListCreate) -> tuple[str, Sequence[Any]]:
    if new.csv is None:
        return "lines", new.lines or []
    try:
        lines = list(rules.read_csv(new.csv))
    except rules.BadCsv as fault:
        raise invalid("/csv", "csv", str(fault)) from None
    if not 1 <= len(lines) <= MOST_LINES:
        raise invalid("/csv", "lines", f"Send 1 to {MOST_LINES} lines.")
    return "csv", lines


def _problem(place: str, error: Any) -> InvalidField:
    """Names the place and the rule. The value is not repeated: pydantic's own texts for dates quote a part of it."""
    rule = str(error["type"])
    where = "".join(f"/{step}" for step in error["loc"] if step in CauseListLine.model_fields)
    return InvalidField(
        pointer=place + where, rule=rule, detail=SAFE_RULES.get(rule, "This value is not of the expected form.")
    )


def _read(index: BlindIndex, new: CauseListCreate, given: Any) -> dict[str, Any]:
    line = CauseListLine.model_validate(given)
    token = token_of(index, new.court, line.file_number)
    if token is None:
        raise _BadLine("/file_number", "empty", "A file number has letters or digits.")
    start = _start(line.starts_at, new.time_zone, "/starts_at")
    previous = (
        _start(line.previous_starts_at, new.time_zone, "/previous_starts_at") if line.previous_starts_at else None
    )
    return {
        "token": token,
        "hearing_type": line.hearing_type,
        "starts_at": start.at,
        "starts_local": start.local,
        "time_zone": new.time_zone,
        "court": new.court,
        "room": line.room,
        "status": line.status,
        "previous_local": previous.local if previous else None,
    }


def _start(said: Any, time_zone: str, place: str) -> Start:
    try:
        return start_of(said, zones.zone(time_zone))
    except LocalTimeError as fault:
        raise _BadLine(place, "local-time", str(fault)) from None


async def list_reports(session: AsyncSession, *, before: Any, limit: int) -> list[dict[str, Any]]:
    """Lists with how many lines found nothing, where that tells of nobody."""
    return [_report(row) for row in await repository.list_newest_unscoped(session, before=before, limit=limit)]


def _report(row: CauseListRow) -> dict[str, Any]:
    is_told = row.handled == row.accepted and row.accepted >= rules.FEWEST_REPORTED
    kept = {name: getattr(row, name) for name in ("id", "organization_id", "accepted", "created_at")}
    return {**kept, "unmatched": row.unmatched if is_told else None}


async def handle_lines(session: AsyncSession, *, limit: int) -> int:
    """Does what the next lines say, in their order; how many there were."""
    lines = await repository.claim_lines_unscoped(session, limit=limit)
    found: dict[bytes, list[ProceedingRow]] = {}
    for proceeding in await repository.matching_unscoped(session, {line.token for line in lines}):
        found.setdefault(proceeding.court_file_index or b"", []).append(proceeding)
    for line in lines:
        for proceeding in found.get(line.token, []):
            await _apply(session, proceeding, line)
    await repository.forget_lines(session, lines)
    await _count(session, lines, found)
    return len(lines)


async def _count(session: AsyncSession, lines: Iterable[CauseListLineRow], found: dict[bytes, Any]) -> None:
    handled: Counter[UUID] = Counter(line.cause_list_id for line in lines)
    unmatched: Counter[UUID] = Counter(line.cause_list_id for line in lines if line.token not in found)
    for list_id, count in handled.items():
        await repository.count_handled(session, list_id, handled=count, unmatched=unmatched[list_id])


async def _apply(session: AsyncSession, proceeding: ProceedingRow, line: CauseListLineRow) -> None:
    rows = await repository.scheduled_unscoped(session, proceeding.id)
    step, hearing_id = rules.step_for(
        [Known(row.id, row.starts_local, row.starts_at, row.room) for row in rows],
        on=line.starts_local.date(),
        starts_at=line.starts_at,
        room=line.room,
        is_vacated=line.status == "vacated",
        previous_on=line.previous_local.date() if line.previous_local else None,
    )
    row = next((row for row in rows if row.id == hearing_id), None)
    stated = hearings.Stated(line.hearing_type, line.starts_at, line.time_zone, line.court, line.room)
    if step is Step.SCHEDULE:
        await hearings.schedule(session, proceeding, stated)
    elif row is not None and step is Step.MOVE:
        await hearings.move(session, row, stated)
    elif row is not None and step is Step.ADJOURN:
        await hearings.adjourn(session, proceeding, row, stated)
    elif row is not None and step is Step.VACATE:
        await hearings.vacate(session, row)
