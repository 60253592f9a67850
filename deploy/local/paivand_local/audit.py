"""Verifies audit chains: `paivand audit verify`; in a container of Compose, `python -m paivand_local.audit SERVICE`.

Reads PAIVAND_DATABASE_URL and PAIVAND_AUDIT_FOLDER as the service does. Exit code 1 when anything was tampered with.
"""

import asyncio
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from paivand_kit.audit import notes
from paivand_kit.audit.verify import Report, verify
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy.ext.asyncio import create_async_engine

console = Console(highlight=False, soft_wrap=True)


async def check(service: str, url: str, folder: Path | None) -> Report:
    """Verifies one service's chain and shows how far it is."""
    public, kept = (folder / f"{service}.pub", folder / f"{service}.heads") if folder else (None, None)
    key = notes.read_verifier_key(public.read_text())[1] if public and public.exists() else None
    kept_notes = notes.split_notes(kept.read_text()) if kept and kept.exists() else []
    columns = (TextColumn("{task.description:10}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    engine = create_async_engine(url)
    try:
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task(service, total=None)
            return await verify(
                engine,
                service,
                key=key,
                kept_notes=kept_notes,
                progress=lambda done, of: bar.update(task, completed=done, total=of),
            )
    finally:
        await engine.dispose()


def run(service: str, url: str, folder: Path | None) -> bool:
    """Whether the chain is as it was written; says what it found."""
    began = time.monotonic()
    report = asyncio.run(check(service, url, folder))
    colour, verdict = ("red", "TAMPERED WITH") if report.findings else ("green", "sound")
    console.print(
        f"{service:10} [{colour}]{verdict}[/]: {report.entries} entries, {report.heads} signed heads, "
        f"{time.monotonic() - began:.1f} s"
    )
    for finding in report.findings:
        console.print(f"  {finding}", markup=False)
    return not report.findings


def main(arguments: Sequence[str]) -> int:
    """The command."""
    folder = os.environ.get("PAIVAND_AUDIT_FOLDER")
    return 0 if run(arguments[0], os.environ["PAIVAND_DATABASE_URL"], Path(folder) if folder else None) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
