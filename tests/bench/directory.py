"""`python -m tests.bench.directory`: match, search and holds on directories of 5,000 and 100,000 services.

The application runs in this process, over a PostgreSQL of its own: what is measured is a whole request, from the
endpoint with its token check to the committed answer, without the gateway.
"""

import argparse
import asyncio
import logging
import random
import statistics
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any
from uuid import uuid4

import httpx
import psutil
from paivand_directory.app import create_app
from paivand_directory.settings import Settings
from paivand_local.site import Site
from paivand_local.testing import PostgresServer, temporary_site
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from tests.bench.directory_data import fill
from tests.factories.capacity import Shelter, a_shelter
from tests.factories.directory import member_of
from tests.factories.tokens import AUDIENCE, ISSUER, verifier

Run = Callable[[], Awaitable[httpx.Response]]
CLIENTS = 64
WORDS = ("shelter", "кумак", "lawyer crisis", "emergancy", "doctorigd", "панох help", "убежище семья", "womn hause")
NEEDS = ("shelter", "medical", "legal-advice", "cash", "employment")
HEADERS = member_of(uuid4())
random.seed(42)


def a_person(*, with_area: bool) -> dict[str, Any]:
    """All that is known of somebody, as a case worker fills it in."""
    age = random.randint(18, 55)
    profile: dict[str, Any] = {
        "age": {"minimum": age, "maximum": age},
        "gender": random.choice(["female", "female", "male"]),
        "children_ages": random.sample(range(15), random.randint(0, 2)),
        "languages": random.sample(["tg", "ru", "en"], 2),
        "residence_status": random.choice(["citizen", "undocumented"]),
        "exploitation": [random.choice(["sexual", "labour"])],
        "risks": random.choice([[], ["violence"]]),
        "origin_area": f"TJ-{random.randint(0, 69)}",
    }
    return profile | ({"area": f"TJ-{random.randint(0, 69)}"} if with_area else {})


def matching(client: httpx.AsyncClient, profile: Callable[[], dict[str, Any]]) -> Run:
    """One match for a new person each time."""

    async def run() -> httpx.Response:
        body = {"need": random.choice(NEEDS), "profile": profile(), "near": {"latitude": 38.5, "longitude": 68.8}}
        return await client.post("/directory/v1/match", json=body, headers=HEADERS)

    return run


def searching(client: httpx.AsyncClient) -> Run:
    """One search, mistyped or not."""

    async def run() -> httpx.Response:
        body = {"text": random.choice(WORDS)}
        return await client.post("/directory/v1/services/search", json=body, headers=HEADERS)

    return run


class Processor:
    """CPU time of this process and of PostgreSQL: unlike the time that passes, the same on a busy machine."""

    def __init__(self, site: Site) -> None:
        (file,) = site.state_dir.rglob("postmaster.pid")
        self._postgres = psutil.Process(int(file.read_text().split()[0]))

    def ms(self) -> float:
        """Milliseconds so far; those of connections that are closed are lost."""
        spent = [each.cpu_times() for each in (psutil.Process(), *self._postgres.children())]
        return sum(each.user + each.system for each in spent) * 1000


async def timed(run: Run, count: int) -> list[float]:
    """Milliseconds of each run, one after another."""
    times: list[float] = []
    for _ in range(count):
        began = time.perf_counter()
        (await run()).raise_for_status()
        times.append((time.perf_counter() - began) * 1000)
    return times


async def holds(shelter: Shelter, *, seconds: float, pause: float) -> list[float]:
    """Milliseconds to place a hold, by 64 clients who each place one, pause, and give it back."""
    times: list[float] = []
    deadline = time.monotonic() + seconds

    async def client() -> None:
        while time.monotonic() < deadline:
            await asyncio.sleep(random.uniform(0, 2 * pause))
            began = time.perf_counter()
            answer = await shelter.place()
            times.append((time.perf_counter() - began) * 1000)
            if answer.status_code == 201:
                (await shelter.act(answer.json()["id"], "release")).raise_for_status()

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return times


@asynccontextmanager
async def directory(server: PostgresServer) -> AsyncIterator[httpx.AsyncClient]:
    """The application, with nobody to tell of events."""
    settings = Settings(
        database_url=SecretStr(server.url("directory")),
        nats_url="nats://127.0.0.1:1",
        nats_user="directory",
        nats_password=SecretStr("unused"),
        issuer=ISSUER,
        audience=AUDIENCE,
        jwks_url="",
        idempotency_secret=SecretStr("bench-bench-bench-bench-bench-bench-bench"),
    )
    app = create_app(settings, verifier=verifier())
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://directory", timeout=60) as client:
            yield client


async def measure(server: PostgresServer, site: Site, sizes: list[int], count: int, seconds: float) -> Table:
    """All figures, one line each."""
    table = Table("what", "services", "wanted p99, ms", "median", "p99", "least", "CPU")

    async def row(what: str, size: int, wanted: str, measured: Callable[[], Awaitable[list[float]]]) -> None:
        before = processor.ms()
        times = await measured()
        cpu = (processor.ms() - before) / len(times)
        figures = (statistics.median(times), statistics.quantiles(times, n=100)[98], min(times), cpu)
        table.add_row(what, f"{size:,}", wanted, *(f"{each:.1f}" for each in figures))

    filled, processor = 0, Processor(site)
    for size in sizes:
        fill(server.owner_url("directory"), size - filled)
        filled, wanted = size, "50" if size <= 5_000 else "150"
        async with directory(server) as client:
            profiles: tuple[tuple[str, Callable[[], dict[str, Any]]], ...] = (
                ("match, all known", lambda: a_person(with_area=True)),
                ("match, area not known", lambda: a_person(with_area=False)),
                ("match, nothing known", dict),
            )
            for what, profile in profiles:
                await timed(matching(client, profile), 10)
                await row(what, size, wanted, partial(timed, matching(client, profile), count))
            await timed(searching(client), 10)
            await row("search", size, "50", partial(timed, searching(client), count))
            shelter = await a_shelter(client, maximum=10)
            for what, pause in (("each once a second", 1), ("without a pause", 0)):
                placing = partial(holds, shelter, seconds=seconds, pause=pause)
                await row(f"place a hold, 64 clients {what}", size, "20", placing)
    return table


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[5_000, 100_000])
    parser.add_argument("--count", type=int, default=300, help="requests of each kind")
    parser.add_argument("--seconds", type=float, default=15, help="length of each measurement of holds")
    asked = parser.parse_args()
    logging.disable(logging.CRITICAL)  # nobody listens on NATS here, which it would say all the time
    with temporary_site() as site, PostgresServer.running(site) as server:
        try:
            Console(width=120).print(asyncio.run(measure(server, site, asked.sizes, asked.count, asked.seconds)))
        except subprocess.CalledProcessError as error:
            raise SystemExit(error.stderr) from None


if __name__ == "__main__":
    main()
