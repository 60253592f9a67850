"""Rotation of the wrapping key: cases' keys are wrapped anew, a batch in each transaction. No data is touched.

What is left to do stands in the table itself, so that it may be stopped at any moment, go on elsewhere, and be done by
several processes at once: every replica of the service goes on with what a stopped command left.
"""

from collections import defaultdict
from collections.abc import Callable
from uuid import UUID

from paivand_kit.database import Database

from . import repository
from .keys import KeyProvider, RetirementError, Wrapped

BATCH = 500


async def rewrap(
    database: Database, keys: KeyProvider, done: Callable[[int], None] = lambda _: None, *, batch: int = BATCH
) -> None:
    """Wraps with the current key what older ones wrap; `done` is told how many after each batch."""
    while True:
        current = await keys.current()
        async with database.transaction() as session:
            rows = await repository.claim_stale_unscoped(session, current=current, limit=batch)
            by_key: defaultdict[str, dict[UUID, bytes]] = defaultdict(dict)
            for row in rows:
                case_id = row["case_id"]
                key = await keys.unwrap(Wrapped(row["key_kek_id"], row["key_wrapped"]), case_id)
                anew = await keys.wrap(key, case_id)
                by_key[anew.kek_id][case_id] = anew.wrapped
            for kek_id, wrapped in by_key.items():
                await repository.put_wrapped_unscoped(session, kek_id, wrapped)
        done(len(rows))
        if not rows:
            return


async def usage(database: Database) -> dict[str, int]:
    """How many cases each wrapping key wraps."""
    async with database.transaction() as session:
        return await repository.count_by_wrapping_key_unscoped(session)


async def retire(database: Database, keys: KeyProvider, kek_id: str) -> None:
    """Destroys a wrapping key for good, once it wraps nothing.

    Raises:
        RetirementError: it still wraps keys, or the provider refuses.
    """
    if count := (await usage(database)).get(kek_id):
        raise RetirementError(f"it still wraps the keys of {count} cases: rotate first")
    await keys.retire(kek_id)
