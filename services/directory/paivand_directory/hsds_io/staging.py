"""Sorts a feed by organization in a temporary file, so that no feed has to fit into memory."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from paivand_contracts.capacity import CapacityUnit

from ..hsds.rules import UNIT_IDS
from ..hsds.terms import KNOWN
from . import rules, schemas
from .kinds import KINDS, PLACES, Kind
from .readers import Found
from .schemas import MODELS, Fault

NOBODY = UUID(int=0)
"""Stands for the organization of what belongs to none."""
OURS = {*KNOWN, *UNIT_IDS}
Values = dict[str, Any]


class Staging:
    """A feed's good rows by organization; its faults."""

    def __init__(self, file: Path, faults: list[Fault]) -> None:
        self.faults = faults
        self._owners: dict[bytes, bytes] = {each.bytes: NOBODY.bytes for each in OURS}
        self._units: dict[UUID, str | None] = {**UNIT_IDS}
        self._database = sqlite3.connect(file, isolation_level=None)
        self._database.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
            "CREATE TABLE rows (owner BLOB, kind TEXT, row BLOB, file TEXT, place TEXT);"
        )

    def fill(self, found: Iterable[Found], *, is_nested: bool, progress: Callable[[int], None]) -> None:
        """Takes the rows. `is_nested`: the same object may stand in several places, as in JSON."""
        self._database.execute("BEGIN")
        for number, (kind, values, file, where) in enumerate(found, 1):
            if number % 10_000 == 0:
                progress(number)
            row, wrong = schemas.checked(KINDS[kind], values)
            self.faults += [Fault(file, where, *each) for each in wrong]
            if row is not None:
                self._take(KINDS[kind], row, file, where, is_nested=is_nested)
        self._database.execute("COMMIT")
        self._database.execute("CREATE INDEX by_owner ON rows (owner)")

    def _take(self, kind: Kind, row: Any, file: str, where: str, *, is_nested: bool) -> None:
        id_ = row.id.bytes
        if id_ in self._owners:
            if not is_nested and row.id not in OURS:
                self.faults.append(Fault(file, where, "id", "duplicate", "stands in the feed already"))
            return
        owner = self._owner_of(kind, row, file, where)
        if owner is None or not self._is_counted_here(kind, row, file, where):
            return
        self._owners[id_] = owner
        self._hide_places(kind, row)
        values = (owner, kind.name, row.model_dump_json(exclude_none=True), file, where)
        self._database.execute("INSERT INTO rows VALUES (?, ?, ?, ?, ?)", values)

    def _owner_of(self, kind: Kind, row: Any, file: str, where: str) -> bytes | None:
        """The organization that a row belongs to; None, with a fault, when it belongs to none or to several."""
        if kind.name == "organization":
            return row.id.bytes
        named = [name for name in (*kind.parents, *kind.references) if getattr(row, name) is not None]
        if not named and kind.parents:
            self.faults.append(Fault(file, where, kind.parents[0], "missing", "it must belong to something"))
            return None
        owners: set[bytes] = set()
        for name in named:
            owner = self._owners.get(getattr(row, name).bytes)
            if owner is None:
                self.faults.append(Fault(file, where, name, "unknown_reference", "is not in the feed, or has a fault"))
                return None
            owners.add(owner)
        owners.discard(NOBODY.bytes)
        if len(owners) > 1:
            self.faults.append(Fault(file, where, named[-1], "foreign_reference", "belongs to another organization"))
            return None
        return owners.pop() if owners else NOBODY.bytes

    def _is_counted_here(self, kind: Kind, row: Any, file: str, where: str) -> bool:
        """Notes which of our units a unit is, and says it of a capacity; False, with a fault, when it is none."""
        if kind.name == "unit":
            self._units[row.id] = rules.unit_of(row.name, row.identifier)
        if kind.name != "service_capacity":
            return True
        row.unit = self._units[row.unit_id]
        if row.unit is None:
            known = ", ".join(CapacityUnit)
            self.faults.append(Fault(file, where, "unit_id", "unknown_unit", f"must be a unit named one of: {known}"))
        return row.unit is not None

    def _hide_places(self, kind: Kind, row: Any) -> None:
        """What belongs to a place that may be redacted belongs to it alone: shown elsewhere it would give it away."""
        if kind.name in ("contact", "phone", "language", "schedule", "service_area") and any(
            getattr(row, name, None) for name in PLACES
        ):
            for name in set(kind.parents) - set(PLACES):
                setattr(row, name, None)

    def organizations(self) -> list[UUID]:
        """Those that have something in the feed, `NOBODY` first."""
        found = self._database.execute("SELECT DISTINCT owner FROM rows ORDER BY owner")
        return [UUID(bytes=owner) for (owner,) in found]

    def rows_of(self, organization_id: UUID) -> Iterator[tuple[str, Values, str, str]]:
        """The good rows of one organization: kind, values, file and place."""
        query = "SELECT kind, row, file, place FROM rows WHERE owner = ? ORDER BY rowid"
        for kind, row, file, place in self._database.execute(query, (organization_id.bytes,)):
            yield kind, MODELS[kind].model_validate_json(row).model_dump(), file, place

    def close(self) -> None:
        """Closes the temporary file."""
        self._database.close()
