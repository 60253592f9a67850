"""The operator's commands of the vault: `python -m paivand_referral.vault init|status|rotate|retire KEY`."""

import argparse
import asyncio
import os
from pathlib import Path

from paivand_kit.database import Database
from paivand_kit.sealing import UnreadableError
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from ..identities.index import BlindIndex
from . import rotation
from .keys import KeyFileError, KeyProvider, LocalKeyFile, RetirementError
from .provider import key_provider

console = Console(highlight=False, soft_wrap=True)


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; the exit code is 1 when it was refused."""
    parser = argparse.ArgumentParser(prog="python -m paivand_referral.vault", description=__doc__)
    commands = parser.add_subparsers(required=True, dest="command")
    commands.add_parser("init", help="make the two key files, unless they are there")
    commands.add_parser("status", help="show how many cases each wrapping key wraps")
    commands.add_parser("rotate", help="make a new wrapping key and wrap the cases' keys anew")
    commands.add_parser("retire", help="destroy a wrapping key that wraps nothing").add_argument("key")
    given = parser.parse_args(arguments)
    if given.command == "init":
        LocalKeyFile.create(Path(os.environ["PAIVAND_VAULT_KEY_FILE"]))
        BlindIndex.create(Path(os.environ["PAIVAND_INDEX_KEY_FILE"]))
        return 0
    try:
        asyncio.run(_run(given))
    except (RetirementError, KeyFileError) as refused:
        console.print(f"[red]refused:[/] {refused}")
        return 1
    except UnreadableError:
        console.print(
            "[red]refused:[/] a wrapping key is missing, so a case's key cannot be opened (docs/operators.md)"
        )
        return 1
    return 0


async def _run(given: argparse.Namespace) -> None:
    keys = key_provider()
    database = Database(os.environ["PAIVAND_DATABASE_URL"], pool_size=1)
    try:
        if given.command == "rotate":
            await _rotate(database, keys)
        elif given.command == "retire":
            await rotation.retire(database, keys, given.key)
            console.print(f"{given.key} is destroyed. Make a new backup: older ones cannot be opened any more.")
        await _print_usage(database, keys)
    finally:
        await database.close()


async def _rotate(database: Database, keys: KeyProvider) -> None:
    """A rotation that was stopped goes on: only when none is under way a new key is made."""
    current = await keys.current()
    counts = await rotation.usage(database)
    if not any(key != current for key in counts):
        current = await keys.add()
    left = sum(count for key, count in counts.items() if key != current)
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("wrapping anew", total=left)
        await rotation.rewrap(database, keys, lambda done: bar.advance(task, done))


async def _print_usage(database: Database, keys: KeyProvider) -> None:
    current, counts = await keys.current(), await rotation.usage(database)
    table = Table("wrapping key", "cases", "")
    for key in sorted({*counts, *await keys.known()}):
        table.add_row(key, str(counts.get(key, 0)), "current" if key == current else "")
    console.print(table)


if __name__ == "__main__":
    raise SystemExit(main())
