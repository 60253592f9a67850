"""`python -m paivand_directory.hsds_io import FILE|FOLDER` and `export FILE.json|FOLDER`, for the operator.

Needs PAIVAND_DATABASE_URL, as the service has it. `paivand directory import` and `export` set it for the local network.
"""

import argparse
import asyncio
import os
import sys
from pathlib import Path
from typing import TextIO

from paivand_kit.database import Database

# All tables, since they refer to one another.
from ..app import create_app  # noqa: F401 # pyright: ignore[reportUnusedImport]
from . import export
from .readers import FeedError
from .service import Outcome, import_feed

SHOWN = 1000
"""So many faults are printed; the rest is counted."""


def main(arguments: list[str] | None = None) -> int:
    """The exit code: 0 when all is well, 1 when something was left out, 2 when nothing could be done."""
    options = _parser().parse_args(arguments)
    url = os.environ.get("PAIVAND_DATABASE_URL")
    if not url:
        print("set PAIVAND_DATABASE_URL to the directory's database", file=sys.stderr)  # noqa: T201 - a command
        return 2
    database = Database(url, pool_size=1)
    try:
        return asyncio.run(_run(database, options))
    except (FeedError, OSError) as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="paivand directory", description="HSDS 3.1 feeds in and out")
    commands = parser.add_subparsers(dest="command", required=True)
    reading = commands.add_parser("import", help="HSDS JSON, JSON lines, or a folder with the tabular data package")
    reading.add_argument("path", type=Path)
    reading.add_argument("--dry-run", action="store_true", help="report what would change and what is wrong")
    writing = commands.add_parser("export", help="a .json file, or a folder for the tabular data package")
    writing.add_argument("path", type=Path)
    writing.add_argument("--with-redacted", action="store_true", help="write confidential addresses too (a backup)")
    return parser


async def _run(database: Database, options: argparse.Namespace) -> int:
    try:
        if options.command == "export":
            return await _export(database, options.path, with_redacted=options.with_redacted)
        outcome = await import_feed(database, options.path, dry_run=options.dry_run, progress=_show)
        return _report(outcome, dry_run=options.dry_run)
    finally:
        await database.close()


async def _export(database: Database, path: Path, *, with_redacted: bool) -> int:
    # Not readable by others, since it may hold confidential addresses.
    os.umask(0o077)
    if path.suffix == ".json":
        with _written(path) as file:
            count = await export.to_json(database, file, with_redacted=with_redacted)
    else:
        count = await export.to_tables(database, path, with_redacted=with_redacted)
    print(f"{count} organizations written to {path}")  # noqa: T201
    return 0


def _written(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8")


def _report(outcome: Outcome, *, dry_run: bool) -> int:
    for fault in outcome.faults[:SHOWN]:
        print(fault, file=sys.stderr)  # noqa: T201
    if len(outcome.faults) > SHOWN:
        print(f"… and {len(outcome.faults) - SHOWN} more", file=sys.stderr)  # noqa: T201
    changed = "would be new or changed" if dry_run else "new or changed"
    print(f"{outcome.read} rows read, {outcome.changed} {changed}, {len(outcome.faults)} faults")  # noqa: T201
    return 1 if outcome.faults else 0


def _show(done: int, of: int) -> None:
    """A bar on a terminal; nothing in a log."""
    if not sys.stderr.isatty():
        return
    if of == 0:
        print(f"\r{done} rows read", end="", file=sys.stderr)  # noqa: T201
        return
    width = 40 * done // of
    end = "\n" if done == of else ""
    print(f"\r[{'#' * width}{' ' * (40 - width)}] {done}/{of} organizations", end=end, file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
