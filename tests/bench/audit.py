"""How long the audit chain takes: `python -m tests.bench.audit --entries 1000000` links them and verifies them."""

import argparse
import asyncio
import time
from pathlib import Path

from paivand_kit.audit.chain import Chain
from paivand_kit.audit.verify import verify
from paivand_kit.database import Database
from paivand_kit.jobs import running
from paivand_local.testing import PostgresServer, temporary_site
from sqlalchemy import text

from tests.factories.waiting import until

FILL = text("""
    INSERT INTO audit_log
        (subject, organization_id, client_id, access, action, object_type, object_id, case_id, trace_id)
    SELECT gen_random_uuid()::text, gen_random_uuid(), 'paivand', 'E', 'accept', 'referrals', gen_random_uuid(),
        gen_random_uuid(), encode(sha256(n::text::bytea), 'hex') FROM generate_series(1, :entries) AS n
""")
LINKED = text("SELECT coalesce(max(sequence), 0) FROM audit_chain")


async def measure(server: PostgresServer, folder: Path, entries: int) -> None:
    """Fills, links and verifies one chain; then changes one entry and looks whether it is found."""
    database, tamperer = Database(server.url("directory")), Database(server.admin_url("directory"))
    async with database.transaction() as session:
        await session.execute(FILL, {"entries": entries})

    async def is_linked() -> bool:
        async with database.transaction() as session:
            return (await session.execute(LINKED)).scalar_one() == entries

    began = time.monotonic()
    async with running(Chain("directory", database, folder, head_seconds=60, poll=0.01).run()):
        await until(is_linked, seconds=600)
    print(f"linked {entries} entries in {time.monotonic() - began:.1f} s")  # noqa: T201
    for statement in ("SELECT 1", "UPDATE audit_log SET action = 'reject' WHERE position = 777"):
        async with tamperer.transaction() as session:
            await session.execute(text(statement))
        began = time.monotonic()
        report = await verify(database.engine, "directory")
        print(f"verified in {time.monotonic() - began:.1f} s: {[str(each) for each in report.findings]}")  # noqa: T201
    await database.close()
    await tamperer.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=1_000_000)
    arguments = parser.parse_args()
    with temporary_site() as site, PostgresServer.running(site) as server:
        asyncio.run(measure(server, site.state_dir / "audit", arguments.entries))
