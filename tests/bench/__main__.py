"""`make bench`: measures every budget of the design and prints a table."""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
from paivand_local.stack import Stack
from paivand_local.testing import running_stack
from rich.console import Console
from rich.table import Table

from tests.bench import imports, pgbench
from tests.bench.latency import commit_to_stream
from tests.bench.load import Result, load
from tests.bench.pages import flatness
from tests.system.actors import CASE, Actor

CONNECTIONS = 16
REFERRALS = "/referral/v1/referrals"
console = Console()


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    budget: str
    wanted: str
    measured: str
    is_met: bool


class Bench:
    """The stack under measurement, a shelter that sends and a lawyer who receives."""

    def __init__(self, stack: Stack, folder: Path, seconds: int) -> None:
        self.stack, self.folder, self.seconds = stack, folder, seconds
        self.shelter, self.lawyer = Actor(stack.site, "farrukh"), Actor(stack.site, "dilnoza")
        self.body: dict[str, Any] = {}

    async def prepare(self) -> None:
        """A case to refer, a service to ask."""
        case = await self.shelter.post("/referral/v1/cases", CASE)
        services = await self.shelter.get("/directory/v1/services", organization_id=self.lawyer.organization_id)
        self.body = {
            "case_id": case["id"],
            "service_id": services["items"][0]["id"],
            "priority": "urgent",
            "summary": "Needs a lawyer before Friday.",
            "consent": {"given_at": "2026-11-24T10:00:00Z", "scope": ["referral", "summary"]},
        }

    def create(self) -> Result:
        """Referrals created through the gateway, as fast as it goes."""
        result = load(
            self.stack.url,
            folder=self.folder,
            token=Actor(self.stack.site, "farrukh").token,
            method="POST",
            path=REFERRALS,
            body=self.body,
            connections=CONNECTIONS,
            seconds=self.seconds,
        )
        assert result.errors == 0, result
        return result

    def same_sql(self) -> float:
        """Transactions a second of the same SQL by pgbench."""
        text = pgbench.script(
            case_id=self.body["case_id"],
            service_id=self.body["service_id"],
            requester=self.shelter.organization_id,
        )
        return pgbench.rate(
            self.stack.site,
            self.folder,
            text,
            organization=str(self.shelter.organization_id),
            clients=CONNECTIONS,
            seconds=self.seconds,
        )

    def settle(self) -> None:
        """Waits until every event has reached notify, so that no measurement pays for the one before."""
        deadline = time.monotonic() + 300
        while self._unhandled() and time.monotonic() < deadline:
            time.sleep(0.5)

    def _unhandled(self) -> int:
        sent = self._ask("referral", "SELECT count(*) FROM outbox")
        handled = self._ask("notify", "SELECT coalesce(max(sequence), 0) FROM consumer_cursors")
        return sent - handled

    def _ask(self, service: str, query: str) -> int:
        url = self.stack.site.database_url(service, service).replace("+asyncpg", "")
        done = subprocess.run(
            [str(pgbench.programs() / "psql"), "--no-psqlrc", "-At", url, "-c", query],
            capture_output=True,
            text=True,
            check=True,
        )
        return int(done.stdout)

    def yardstick(self) -> Result:
        """The plain service, on the socket of ours, behind the same gateway."""
        self.stack.stop_part("referral")
        socket = self.stack.site.run_dir / "referral.sock"
        socket.unlink(missing_ok=True)
        granian = Path(sysconfig.get_path("scripts")) / "granian"
        command = [str(granian), "--interface", "asgi", "tests.bench.yardstick:app", "--uds", str(socket)]
        command += ["--loop", "uvloop", "--no-ws", "--log-level", "warning"]
        environment = {**os.environ, **self.stack.env("referral"), "PYTHONPATH": str(Path(__file__).parents[2])}
        plain = subprocess.Popen(command, env=environment)
        try:
            self._await(socket)
            return self.create()
        finally:
            plain.terminate()
            plain.wait(20)
            self.stack.start_part("referral")

    @staticmethod
    def _await(socket: Path) -> None:
        transport = httpx.HTTPTransport(uds=str(socket), retries=20)
        with httpx.Client(transport=transport, base_url="http://yardstick") as client:
            for _ in range(100):
                try:
                    client.get("/health/ready").raise_for_status()
                except httpx.HTTPError:
                    time.sleep(0.1)
                else:
                    return
        raise SystemExit("the yardstick did not start")

    def memory_mb(self) -> float:
        """Memory of all parts at rest: proportional set size, so that shared pages count once."""
        parts = [psutil.Process(state.pid) for state in self.stack.states()]
        everyone = {process for part in parts for process in (part, *part.children(recursive=True))}
        return sum(process.memory_full_info().pss for process in everyone) / 2**20


async def measure(bench: Bench, rounds: int, rows: int) -> list[Row]:
    """All budgets. Rates are measured in turn, and the ratios taken round by round."""
    await bench.prepare()
    memory = bench.memory_mb()
    bench.create()  # warms up, not counted
    ours, sql, plain = [], [], []
    for number in range(rounds):
        for name, results, run in (
            ("ours", ours, lambda: bench.create().rate),
            ("same SQL by pgbench", sql, bench.same_sql),
            ("plain FastAPI + ORM", plain, lambda: bench.yardstick().rate),
        ):
            bench.settle()
            results.append(run())
            console.print(f"round {number + 1}: {name}: {results[-1]:.0f} a second")
    bench.settle()
    to_sql = statistics.median(a / b for a, b in zip(ours, sql, strict=True))
    to_plain = statistics.median(a / b for a, b in zip(ours, plain, strict=True))
    latency = await commit_to_stream(bench, rate=statistics.median(ours) / 2)
    flat = await flatness(bench, rows)
    return [
        Row("create a referral : pgbench, same SQL", ">= 0.25", f"{to_sql:.2f}", to_sql >= 0.25),
        Row("create a referral : plain FastAPI + ORM", ">= 1.5", f"{to_plain:.2f}", to_plain >= 1.5),
        Row("answer to recipient's stream, p99", "< 100 ms", f"{latency.p99:.0f} ms", latency.p99 < 100),
        Row(f"inbox page, 10 k : {rows:,} rows", "<= 1.3", f"{flat:.2f}", flat <= 1.3),
        Row("whole stack at rest", "< 1000 MB", f"{memory:.0f} MB", memory < 1000),
    ]


def import_row(services: int) -> Row:
    """Imports so many services into a database of their own, when nothing else runs."""
    done = imports.measure(services)
    measured = f"{done.seconds:.0f} s, {done.memory_mb:.0f} MB"
    is_met = done.seconds < 180 and done.memory_mb < 500
    return Row(f"import of {services:,} services", "< 180 s, < 500 MB", measured, is_met)


def main() -> int:
    """Prints the table; the exit code is 1 when a budget is not met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=8, help="length of each measurement")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=1_000_000, help="size of the large inbox")
    parser.add_argument("--services", type=int, default=100_000, help="size of the imported feed")
    asked = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, running_stack() as stack:
        console.print(f"stack ready and seeded after {time.monotonic() - began:.1f} s")
        rows = asyncio.run(measure(Bench(stack, Path(folder), asked.seconds), asked.rounds, asked.rows))
    rows.append(import_row(asked.services))
    table = Table("budget", "wanted", "measured", "met")
    for row in rows:
        table.add_row(row.budget, row.wanted, row.measured, "yes" if row.is_met else "NO")
    console.print(table)
    return 0 if all(row.is_met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
