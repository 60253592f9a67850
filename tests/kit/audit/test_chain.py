"""The chain: everything committed is linked once, and a superuser's tampering is found and named."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from paivand_kit.audit import notes
from paivand_kit.audit import trail as audit
from paivand_kit.audit.chain import Chain
from paivand_kit.audit.verify import Report, verify
from paivand_kit.database import Database
from paivand_kit.jobs import running
from paivand_local.testing import PostgresServer, temporary_site
from sqlalchemy import text

from tests.factories.waiting import until

pytestmark = pytest.mark.integration
ENTRIES = 40


class Trail:
    """A service's trail, its database, and somebody who may do anything with it."""

    def __init__(self, server: PostgresServer, folder: Path) -> None:
        self.database = Database(server.url("directory"))
        self.tamperer = Database(server.admin_url("directory"))
        self.folder = folder

    async def write(self, count: int = 1) -> None:
        async with self.database.transaction() as session:
            for _ in range(count):
                await audit.record(session, None, "accept", "referrals", uuid4())

    def chain(self, head_seconds: float = 0.0) -> Chain:
        return Chain("directory", self.database, self.folder, head_seconds=head_seconds, poll=0.02)

    async def count(self, table: str) -> int:
        async with self.database.transaction() as session:
            return (await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one()  # noqa: S608

    async def is_linked(self) -> bool:
        async with self.database.transaction() as session:
            unlinked = text("SELECT count(*) FROM audit_log WHERE position NOT IN (SELECT position FROM audit_chain)")
            unsigned = text("SELECT (SELECT count(*) FROM audit_chain) - (SELECT max(size) FROM audit_heads)")
            return not await session.scalar(unlinked) and await session.scalar(unsigned) == 0

    async def link_all(self) -> None:
        async with running(self.chain().run()):
            await until(self.is_linked)

    async def tamper(self, *statements: str) -> None:
        async with self.tamperer.transaction() as session:
            for statement in statements:
                await session.execute(text(statement))

    async def verify(self, *, without_file: bool = False) -> Report:
        kept = notes.split_notes((self.folder / "directory.heads").read_text())
        key = notes.read_verifier_key((self.folder / "directory.pub").read_text())[1]
        return await verify(self.database.engine, "directory", key=key, kept_notes=[] if without_file else kept)


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A server of this file's own, since the trail is the whole database's."""
    with temporary_site() as site, PostgresServer.running(site) as server:
        yield server


@pytest.fixture
async def trail(server: PostgresServer, tmp_path: Path) -> AsyncIterator[Trail]:
    trail = Trail(server, tmp_path)
    await trail.tamper("TRUNCATE audit_log, audit_chain, audit_heads RESTART IDENTITY")
    await trail.write(ENTRIES)
    await trail.link_all()
    yield trail
    await trail.database.close()
    await trail.tamperer.close()


async def test_what_nobody_touched_is_sound(trail: Trail) -> None:
    report = await trail.verify()
    assert (report.entries, report.findings) == (ENTRIES, [])
    assert report.heads >= 1


async def test_many_writers_and_two_leaders_make_one_chain(trail: Trail) -> None:
    async def write_some() -> None:
        for _ in range(20):
            await trail.write()

    async with running(trail.chain().run(), trail.chain().run()):
        await asyncio.gather(*(write_some() for _ in range(8)))
        await until(trail.is_linked)
    report = await trail.verify()
    assert (report.entries, report.findings) == (ENTRIES + 160, [])


async def test_an_entry_that_commits_late_is_linked_after_those_before_it(trail: Trail) -> None:
    """Its position was drawn first. Nothing younger is linked while it may still come."""
    async with running(trail.chain().run()):
        async with trail.database.transaction() as slow:
            await audit.record(slow, None, "slow", "referrals", uuid4())
            await trail.write()
        await until(trail.is_linked)
    assert (await trail.verify()).findings == []


async def test_a_restored_dump_goes_on(trail: Trail) -> None:
    """In a new cluster transaction ids begin anew, below those of the rows that came with the dump."""
    await trail.write(3)
    await trail.tamper("UPDATE audit_log SET transaction_id = (transaction_id::text::bigint + 1000000000)::text::xid8")
    await trail.write(2)
    await trail.link_all()
    await trail.write(2)
    await trail.link_all()
    report = await trail.verify()
    assert (report.entries, report.findings) == (ENTRIES + 7, [])


CHANGES: dict[str, tuple[list[str], str, int]] = {
    "the deed": (["UPDATE audit_log SET action = 'reject' WHERE position = 7"], "entry 7 was changed", 7),
    "the time": (["UPDATE audit_log SET at = at - interval '1 day' WHERE position = 7"], "entry 7 was changed", 7),
    "the person": (["UPDATE audit_log SET subject = 'somebody' WHERE position = 7"], "entry 7 was changed", 7),
    "an entry removed": (["DELETE FROM audit_log WHERE position = 7"], "entry 7 was removed", 7),
    "an entry and its link removed": (
        ["DELETE FROM audit_log WHERE position = 7", "DELETE FROM audit_chain WHERE position = 7"],
        "links 7 to 7 were removed",
        7,
    ),
    "two exchanged": (
        [
            "UPDATE audit_chain SET position = -1 WHERE sequence = 7",
            "UPDATE audit_chain SET position = 7 WHERE sequence = 9",
            "UPDATE audit_chain SET position = 9 WHERE sequence = 7",
        ],
        "entry 9 was changed",
        7,
    ),
    "a link's hash": (["UPDATE audit_chain SET hash = sha256('x') WHERE sequence = 7"], "entry 7 was changed", 7),
}


@pytest.mark.parametrize("way", CHANGES)
async def test_a_change_is_found_and_named(trail: Trail, way: str) -> None:
    statements, said, place = CHANGES[way]
    await trail.tamper(*statements)
    findings = (await trail.verify()).findings
    assert findings[0].sequence == place
    assert said in str(findings[0])


async def test_the_end_cut_off_is_shown_by_the_heads(trail: Trail) -> None:
    cut = ["DELETE FROM audit_chain WHERE sequence > 30", "DELETE FROM audit_log WHERE position > 30"]
    await trail.tamper(*cut)
    assert "its end was cut off" in str((await trail.verify(without_file=True)).findings[0])
    await trail.tamper("DELETE FROM audit_heads")
    assert (await trail.verify(without_file=True)).findings == []
    assert "its end was cut off" in str((await trail.verify()).findings[0])


async def test_a_chain_computed_anew_does_not_lead_to_the_signed_head(trail: Trail) -> None:
    """By somebody who has the database, and the sources, and not the key."""
    await trail.tamper(
        "UPDATE audit_log SET action = 'reject' WHERE position = 7", "TRUNCATE audit_chain", "TRUNCATE audit_heads"
    )
    await _relink(trail, trail.link_all)
    findings = (await trail.verify()).findings
    assert [finding.sequence for finding in findings if "written anew" in str(finding)] == [ENTRIES]


async def _relink(trail: Trail, link: Callable[[], Awaitable[None]]) -> None:
    """Links all with a key of the tamperer's own; the operator's files stay as they were."""
    kept, trail.folder = trail.folder, trail.folder / "forged"
    await link()
    trail.folder = kept
    await trail.tamper("DELETE FROM audit_heads")


async def test_a_row_slipped_in_past_the_service_is_found(trail: Trail) -> None:
    await trail.tamper(
        "INSERT INTO audit_log (at, subject, client_id, access, action, object_type) "
        "VALUES (now() - interval '1 hour', 'x', 'x', 'E', 'accept', 'referrals')"
    )
    assert "was never linked" in str((await trail.verify()).findings[0])
