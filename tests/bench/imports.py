"""`python -m tests.bench.imports`: time and memory of importing a large feed, by the command that operators use."""

import argparse
import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psutil
from paivand_directory.hsds.rules import unit_id
from paivand_directory.taxonomy.service import TERMS
from paivand_local.testing import PostgresServer, temporary_site

SERVICES_OF_EACH = 50
CODES = list(TERMS)


@dataclass(frozen=True)
class Imported:
    """What the import took."""

    rows: int
    seconds: float
    memory_mb: float


def feed(folder: Path, services: int) -> int:
    """Writes a tabular data package: of each service a phone, a schedule, a language, a term and beds; its rows."""
    tables: dict[str, Iterator[dict[str, object]]] = {
        "organizations": _organizations(services),
        "services": _services(services),
        "phones": _details(services, 3, number="+992 44 600 00 00"),
        "schedules": _details(services, 4, freq="WEEKLY", byday="MO,TU,WE", opens_at="09:00", closes_at="17:00"),
        "languages": _details(services, 5, code="tg"),
        "attributes": _attributes(services),
        "service_capacity": _details(services, 7, unit_id=unit_id("bed"), available=3, maximum=9, description="Beds"),
    }
    count = 0
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer: csv.DictWriter[str] | None = None
            for row in rows:
                if writer is None:
                    writer = csv.DictWriter(file, list(row))
                    writer.writeheader()
                writer.writerow(row)
                count += 1
    return count


def _id(kind: int, number: int) -> UUID:
    return UUID(int=(kind << 64) + number)


def _organizations(services: int) -> Iterator[dict[str, object]]:
    for number in range(-(-services // SERVICES_OF_EACH)):
        yield {"id": _id(1, number), "name": f"Organization {number}", "description": "Came by a feed"}


def _services(services: int) -> Iterator[dict[str, object]]:
    for number in range(services):
        owner = {"organization_id": _id(1, number // SERVICES_OF_EACH)}
        yield {"id": _id(2, number), **owner, "name": f"Service {number}", "status": "active", "minimum_age": 18}


def _details(services: int, kind: int, **fields: object) -> Iterator[dict[str, object]]:
    for number in range(services):
        yield {"id": _id(kind, number), "service_id": _id(2, number), **fields}


def _attributes(services: int) -> Iterator[dict[str, object]]:
    for number in range(services):
        term = TERMS[CODES[number % len(CODES)]].id
        yield {"id": _id(6, number), "link_id": _id(2, number), "link_entity": "service", "taxonomy_term_id": term}


def measure(services: int) -> Imported:
    """Imports such a feed into a new database."""
    with (
        tempfile.TemporaryDirectory() as folder,
        temporary_site() as site,
        PostgresServer.running(site) as postgres,
    ):
        rows = feed(Path(folder), services)
        environment = {**os.environ, "PAIVAND_DATABASE_URL": postgres.url("directory")}
        began = time.monotonic()
        command = [sys.executable, "-m", "paivand_directory.hsds_io", "import", folder]
        running = psutil.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        most = 0
        while running.poll() is None:
            most = max(most, running.memory_info().rss)
            time.sleep(0.05)
        assert running.returncode == 0
        return Imported(rows, time.monotonic() - began, most / 2**20)


def main() -> int:
    """Prints the figures; the exit code is 1 when they are not as wanted for 100,000 services."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--services", type=int, default=100_000)
    asked = parser.parse_args()
    done = measure(asked.services)
    print(f"{asked.services:,} services, {done.rows:,} rows: {done.seconds:.0f} s, {done.memory_mb:.0f} MB")  # noqa: T201
    return 0 if done.seconds < 180 and done.memory_mb < 500 else 1


if __name__ == "__main__":
    sys.exit(main())
