"""Walks an audit chain and says what was changed, removed or reordered, and where.

Every link is compared with the stored one before it, so that one false entry does not hide the next. Whoever can write
the database can also compute all later links anew: then the chain is sound in itself, but does not lead to the heads
that were signed before, of which the operator has a file and every reader of the events a copy.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from . import notes
from .chain import HASHED, genesis, link

PAGE = 20_000
SETTLED_SECONDS = 60
MOST_FINDINGS = 100
WALK = text(f"""
    SELECT c.sequence, c.hash, c.position AS chained, {", ".join(f"l.{name}" for name in HASHED)}
    FROM audit_chain c LEFT JOIN audit_log l ON l.position = c.position
    WHERE c.sequence > :after ORDER BY c.sequence LIMIT :limit
""")  # noqa: S608 - constant text
SIZE = text("SELECT coalesce(max(sequence), 0) FROM audit_chain")
UNCHAINED = text("""
    SELECT l.position FROM audit_log l
    WHERE l.at < now() - make_interval(secs => :seconds)
    AND NOT EXISTS (SELECT FROM audit_chain c WHERE c.position = l.position) ORDER BY l.position LIMIT :limit
""")
HEADS = text("SELECT note FROM audit_heads ORDER BY size")
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it was written."""

    what: str
    sequence: int | None = None
    position: int | None = None

    def __str__(self) -> str:
        place = f"link {self.sequence}: " if self.sequence is not None else ""
        entry = f"entry {self.position} " if self.position is not None else ""
        return f"{place}{entry}{self.what}"


@dataclass
class Report:
    """What a walk found."""

    entries: int = 0
    heads: int = 0
    findings: list[Finding] = field(default_factory=list[Finding])

    def add(self, what: str, sequence: int | None = None, position: int | None = None) -> None:
        """Notes a finding, unless there are very many already."""
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(Finding(what, sequence, position))


async def verify(
    engine: AsyncEngine,
    service: str,
    *,
    key: Ed25519PublicKey | None = None,
    kept_notes: Sequence[str] = (),
    progress: Progress = lambda _done, _of: None,
) -> Report:
    """Checks the chain of a service against its entries, and against the signed heads in the database and in a file.

    Args:
        engine: Connects to the service's database; the service's own role is enough.
        service: Its name.
        key: The public key of the heads; without it they are not looked at.
        kept_notes: Heads from outside the database, such as the operator's file.
        progress: Is told how many links of how many are done.
    """
    report = Report()
    async with engine.connect() as plain:
        connection = await plain.execution_options(isolation_level="REPEATABLE READ")
        stored = list(await connection.scalars(HEADS))
        heads = _read_heads(report, service, key, [*stored, *kept_notes]) if key else {}
        size: int = (await connection.execute(SIZE)).scalar_one()
        await _walk(connection, service, report, heads, lambda done: progress(done, size))
        for position in await connection.scalars(UNCHAINED, {"seconds": SETTLED_SECONDS, "limit": MOST_FINDINGS}):
            report.add("was never linked: written past the service, or its link was removed", position=position)
    for missing in sorted(known for known in heads if known > report.entries):
        report.add(f"is signed as link {missing}, but the chain ends at {report.entries}: its end was cut off")
    return report


def _read_heads(report: Report, service: str, key: Ed25519PublicKey, signed: Iterable[str]) -> dict[int, set[bytes]]:
    heads: dict[int, set[bytes]] = {}
    for note in dict.fromkeys(signed):
        try:
            head = notes.read_note(note, notes.chain_name(service), key)
        except notes.BadNoteError as bad:
            report.add(f"a signed head cannot be trusted: {bad}")
            continue
        heads.setdefault(head.size, set()).add(head.hash)
        report.heads += 1
    return heads


async def _walk(
    connection: AsyncConnection,
    service: str,
    report: Report,
    heads: dict[int, set[bytes]],
    progress: Callable[[int], None],
) -> None:
    previous, expected, highest = genesis(service), 1, 0
    async for row in _links(connection):
        sequence: int = row["sequence"]
        if sequence != expected:
            report.add(f"is missing: links {expected} to {sequence - 1} were removed", expected)
        elif row["position"] is None:
            report.add("was removed", sequence, row["chained"])
        elif link(previous, row) != row["hash"]:
            moved = " or moved here from another place" if row["chained"] < highest else ""
            report.add(f"was changed{moved}", sequence, row["chained"])
        stored: bytes = row["hash"]
        if any(signed != stored for signed in heads.get(sequence, ())):
            report.add("does not lead to the head that was signed: the chain up to here was written anew", sequence)
        previous, expected, highest = stored, sequence + 1, max(highest, row["chained"])
        report.entries = sequence
        if sequence % 10_000 == 0:
            progress(sequence)
    progress(report.entries)


async def _links(connection: AsyncConnection) -> AsyncIterator[RowMapping]:
    after = 0
    while True:
        rows = (await connection.execute(WALK, {"after": after, "limit": PAGE})).mappings().all()
        for row in rows:
            yield row
        if len(rows) < PAGE:
            return
        after = rows[-1]["sequence"]
