"""Import: one transaction for each organization, idempotent by identifier."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from paivand_contracts.codes import OrganizationStatus
from paivand_kit.database import Database
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from ..hsds.terms import CODES, derived_ids
from ..organizations import service as organizations
from ..services import service as services
from . import capacities, readers, repository
from .kinds import ALL, KINDS, Kind
from .schemas import Fault, columns_of
from .staging import Staging

Values = dict[str, Any]
Progress = Callable[[int, int], None]
"""Called with how many organizations are done, and of how many; while the feed is read, with its rows and 0."""
OWNED = ("service", "location", "service_at_location")
# What a feed may be silent about: then what is there stays. An export without the redacted places says of them nothing
# but the district; to read it back must not wipe them.
KEPT = {
    "location": tuple(name for name in columns_of(KINDS["location"]) if name not in ("id", "organization_id")),
    "service": ("taxonomy_terms",),
}


@dataclass(slots=True)
class Outcome:
    """What an import did, or with `dry_run` would have done."""

    faults: list[Fault] = field(default_factory=list[Fault])
    read: int = 0
    changed: int = 0


class _NotMeantError(Exception):
    """Raised to roll a dry run back."""


@dataclass(slots=True)
class Bundle:
    """The rows of one organization by kind, and where each stood in the feed."""

    organization_id: UUID
    rows: dict[str, list[Values]]
    places: dict[UUID, tuple[str, str]]


async def import_feed(
    database: Database, path: Path, *, dry_run: bool = False, progress: Progress = lambda done, of: None
) -> Outcome:
    """Imports a feed. Bad rows are left out and reported, and so is what belongs to them.

    Raises:
        FeedError: there is no feed at this path.
    """
    outcome = Outcome()
    with tempfile.TemporaryDirectory(prefix="paivand-import-") as folder:
        staging = Staging(Path(folder) / "feed.sqlite", outcome.faults)
        try:
            found = readers.read(path, outcome.faults)
            staging.fill(found, is_nested=readers.is_nested(path), progress=lambda rows: progress(rows, 0))
            ids = staging.organizations()
            for number, organization_id in enumerate(ids, 1):
                bundle = _bundle(staging, organization_id)
                outcome.read += len(bundle.places)
                await _import_organization(database, bundle, outcome, dry_run=dry_run)
                progress(number, len(ids))
        finally:
            staging.close()
    return outcome


def _bundle(staging: Staging, organization_id: UUID) -> Bundle:
    bundle = Bundle(organization_id, {}, {})
    for kind, values, file, where in staging.rows_of(organization_id):
        bundle.rows.setdefault(kind, []).append(values)
        bundle.places[values["id"]] = (file, where)
    return bundle


async def _import_organization(database: Database, bundle: Bundle, outcome: Outcome, *, dry_run: bool) -> None:
    changed = 0
    try:
        async with database.transaction() as session:
            changed = await _write(session, bundle, outcome.faults)
            if dry_run:
                raise _NotMeantError
    except _NotMeantError:
        pass
    except IntegrityError as error:
        file, where = bundle.places.get(bundle.organization_id, ("", ""))
        constraint = getattr(getattr(error.orig, "__cause__", None), "constraint_name", "constraint")
        detail = f"nothing of organization {bundle.organization_id} was imported"
        outcome.faults.append(Fault(file, where, "", str(constraint), detail))
        return
    outcome.changed += changed


async def _write(session: AsyncSession, bundle: Bundle, faults: list[Fault]) -> int:
    _prepare(bundle)
    changed: dict[str, set[UUID]] = {}
    left_out: set[UUID] = set()
    for kind in ALL:
        rows = await _acceptable(session, kind, bundle, left_out, faults)
        if rows and kind.name == "service_capacity":
            changed[kind.name], refused = await capacities.take_over(session, rows)
            faults += [Fault(*bundle.places[id_], *what) for id_, *what in refused]
        elif rows:
            changed[kind.name] = await repository.upsert(session, kind.table, rows)
    told = await repository.list_changed_organizations_unscoped(session, changed.get("organization", set()))
    await organizations.announce(session, told)
    await services.announce(
        session, await repository.list_changed_services_unscoped(session, changed.get("service", set()))
    )
    return sum(map(len, changed.values()))


def _prepare(bundle: Bundle) -> None:
    """Fills in what is ours: who owns, our taxonomy's codes, and the first guess at what may be shown of a place."""
    codes: dict[UUID, list[str]] = {}
    others: list[Values] = []
    of_services = {row["id"] for row in bundle.rows.get("service", ())}
    for row in bundle.rows.get("attribute", ()):
        code = CODES.get(row["taxonomy_term_id"])
        if code and row["link_id"] in of_services:
            codes.setdefault(row["link_id"], []).append(code)
        else:
            others.append(row)
    # An export says what follows from our codes, too; it follows again.
    derived = {id_ for service_id, own in codes.items() for id_ in derived_ids(service_id, own)}
    bundle.rows["attribute"] = [row for row in others if row["id"] not in derived]
    for row in bundle.rows.get("service", ()):
        row["taxonomy_terms"] = list(dict.fromkeys(codes[row["id"]])) if row["id"] in codes else None
    for row in bundle.rows.get("service_at_location", ()):
        row["organization_id"] = bundle.organization_id
    for row in bundle.rows.get("organization", ()):
        # Two coordinators decide who takes part; until then it is found by them alone, and nothing of it matches.
        row["status"] = OrganizationStatus.APPLIED
    addresses = {row["location_id"]: row for row in bundle.rows.get("address", ())}
    for row in bundle.rows.get("location", ()):
        address = addresses.get(row["id"], {})
        row["region"] = row["region"] or address.get("state_province")
        row["country"] = row["country"] or address.get("country")


async def _acceptable(
    session: AsyncSession, kind: Kind, bundle: Bundle, left_out: set[UUID], faults: list[Fault]
) -> list[Values]:
    """The rows that may be written: none of another organization's, and nothing that hangs on a row left out."""
    rows = bundle.rows.get(kind.name, [])
    owner = "organization_id" if kind.name in OWNED else None
    names = [owner] if owner else list(kind.parents)
    kept = (*KEPT.get(kind.name, ()), *(("status",) if kind.name == "organization" else ()))
    ids = [row["id"] for row in rows]
    present = await repository.list_present_unscoped(session, kind.table, [*names, *kept], ids)
    good: list[Values] = []
    for row in rows:
        there = present.get(row["id"])
        if left_out.intersection(row[name] for name in (*kind.parents, *kind.references) if row.get(name)):
            left_out.add(row["id"])
        elif there is not None and not _is_own(there, names, bundle):
            left_out.add(row["id"])
            detail = "this id is that of something of another organization"
            faults.append(Fault(*bundle.places[row["id"]], "id", "foreign_id", detail))
        else:
            good.append(row | _what_stays(kind, row, there, kept))
    return good


def _is_own(there: Values, names: list[str], bundle: Bundle) -> bool:
    known = bundle.places.keys() | {bundle.organization_id}
    named = [there[name] for name in names if there[name] is not None]
    return not named or all(each in known for each in named)


def _what_stays(kind: Kind, row: Values, there: Values | None, kept: tuple[str, ...]) -> Values:
    if kind.name == "organization":
        return {"status": there["status"] if there else row["status"]}
    if kind.name == "location" and there is None:
        return {"is_redacted": row["is_redacted"] is not False}
    if kind.name == "service" and there is None:
        return {"taxonomy_terms": row["taxonomy_terms"] or []}
    return {name: row[name] if row[name] is not None else there[name] for name in kept} if there else {}
