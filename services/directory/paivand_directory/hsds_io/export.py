"""Export: HSDS JSON, or the tabular data package with formulas made harmless."""

import csv
import json
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO
from uuid import UUID

from paivand_contracts.codes import Role
from paivand_kit.caller import Caller
from paivand_kit.database import Database

from ..hsds.service import Directory
from ..hsds.terms import OTHERS, STARTER
from . import nested, repository
from .kinds import ALL, Kind
from .readers import FORMULA
from .schemas import fields_of


async def organizations(database: Database, *, with_redacted: bool) -> AsyncIterator[dict[str, Any]]:
    """Each with all that belongs to it. Redacted places are as others see them, unless asked for (a backup)."""
    async with database.transaction() as session:
        ids = await repository.list_organization_ids_unscoped(session)
    for organization_id in ids:
        async with database.transaction() as session:
            yield await Directory(session, _operator(organization_id if with_redacted else None)).get_organization(
                organization_id, full_service=True
            )


def _operator(organization_id: UUID | None) -> Caller:
    return Caller("operator", "export", organization_id, frozenset({Role.COORDINATOR}))


async def to_json(database: Database, file: TextIO, *, with_redacted: bool) -> int:
    """Writes an array of organizations; gives their number."""
    count = 0
    file.write("[")
    async for item in organizations(database, with_redacted=with_redacted):
        file.write(",\n" if count else "\n")
        json.dump(item, file, ensure_ascii=False)
        count += 1
    file.write("\n]\n")
    return count


async def to_tables(database: Database, folder: Path, *, with_redacted: bool) -> int:
    """Writes a tabular data package; gives the number of organizations."""
    count = 0
    with ExitStack() as files:
        tables = {kind.name: Table(kind, folder, files) for kind in ALL}
        for each in (STARTER, *OTHERS):
            tables["taxonomy"].add(each)
        async for item in organizations(database, with_redacted=with_redacted):
            for kind, values, _ in nested.rows_of("organization", item):
                tables[kind].add(values)
            count += 1
    resources = [table.resource() for table in tables.values() if table.is_used]
    package = {"name": "paivand-directory", "profile": "tabular-data-package", "resources": resources}
    (folder / "datapackage.json").write_text(json.dumps(package, indent=2), "utf-8")
    return count


class Table:
    """One file of the package; made when the first row comes. A row that comes again is written once."""

    def __init__(self, kind: Kind, folder: Path, files: ExitStack) -> None:
        self._kind, self._folder, self._files = kind, folder, files
        self._seen: set[str] = set()
        self._writer: csv.DictWriter[str] | None = None

    @property
    def is_used(self) -> bool:
        """Whether the file is there."""
        return self._writer is not None

    def add(self, values: dict[str, Any]) -> None:
        """Writes a row."""
        if values["id"] in self._seen:
            return
        self._seen.add(values["id"])
        if self._writer is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / self._kind.file
            file = self._files.enter_context(path.open("w", newline="", encoding="utf-8"))
            self._writer = csv.DictWriter(file, fields_of(self._kind), extrasaction="ignore")
            self._writer.writeheader()
        self._writer.writerow({name: harmless(value) for name, value in values.items()})

    def resource(self) -> dict[str, Any]:
        """Its entry in datapackage.json."""
        fields = [{"name": name, "type": "string"} for name in fields_of(self._kind)]
        schema = {"fields": fields, "primaryKey": "id"}
        path = self._kind.file
        return {
            "name": path.removesuffix(".csv"),
            "path": path,
            "profile": "tabular-data-resource",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "schema": schema,
        }


def harmless(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula gets an apostrophe before it; the import takes it off."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
