"""SQL of the identities."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from paivand_kit.caller import Caller
from sqlalchemy import RowMapping, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from .index import Wanted
from .tables import IdentityIndexRow, IdentityRow

# With the stored key, which the vault opens.
READ = text("""
    SELECT c.id AS case_id, coalesce(i.version, 0) AS version, i.sealed, i.updated_at,
        k.wrapped AS key_wrapped, k.kek_id AS key_kek_id
    FROM cases c JOIN case_keys k ON k.case_id = c.id LEFT JOIN identities i ON i.case_id = c.id
    WHERE c.id = :case_id AND c.organization_id = :organization
""")
# Keeps writers of one identity, and its erasure, apart. A statement of its own: one that also reads the identity would,
# after waiting, still see it as it was before.
LOCK = text("""
    SELECT FROM case_keys k JOIN cases c ON c.id = k.case_id
    WHERE k.case_id = :case_id AND c.organization_id = :organization FOR UPDATE OF k
""")
FORGET_TOKENS = text("DELETE FROM identity_index WHERE case_id = :case_id")
# Every wanted thing must be found; a case is an exact match when each was found exactly.
SEARCH = text("""
    WITH wanted AS (
        SELECT * FROM unnest(CAST(:things AS integer[]), CAST(:tokens AS bytea[]), CAST(:exact AS boolean[]))
            AS w(thing, token, is_exact)
    ), hits AS (
        SELECT i.case_id, w.thing, bool_or(w.is_exact) AS is_exact
        FROM wanted w JOIN identity_index i ON i.organization_id = :organization AND i.token = w.token GROUP BY 1, 2
    ), found AS (
        SELECT case_id, bool_and(is_exact) AS is_exact FROM hits
        WHERE CAST(:before AS uuid) IS NULL OR case_id < CAST(:before AS uuid)
        GROUP BY case_id HAVING count(*) = :count ORDER BY case_id DESC LIMIT :limit
    )
    SELECT c.*, CASE WHEN found.is_exact THEN 'exact' ELSE 'phonetic' END AS match
    FROM found JOIN cases c ON c.id = found.case_id WHERE c.organization_id = :organization ORDER BY c.id DESC
""")


async def get(session: AsyncSession, caller: Caller, case_id: UUID) -> RowMapping | None:
    """The sealed identity of an own case, with the case's stored key."""
    parameters = {"case_id": case_id, "organization": caller.organization()}
    return (await session.execute(READ, parameters)).mappings().one_or_none()


async def lock(session: AsyncSession, caller: Caller, case_id: UUID) -> RowMapping | None:
    """The same, held against other writers until the transaction ends."""
    await session.execute(LOCK, {"case_id": case_id, "organization": caller.organization()})
    return await get(session, caller, case_id)


async def put(session: AsyncSession, values: dict[str, Any], organization: UUID, tokens: Collection[bytes]) -> None:
    """Writes a locked identity, and the tokens by which it is found in place of the former ones."""
    row = insert(IdentityRow).values(values)
    await session.execute(row.on_conflict_do_update(index_elements=["case_id"], set_=values))
    case_id = values["case_id"]
    await session.execute(FORGET_TOKENS, {"case_id": case_id})
    if tokens:
        rows = [{"organization_id": organization, "token": token, "case_id": case_id} for token in tokens]
        await session.execute(insert(IdentityIndexRow), rows)


async def search(
    session: AsyncSession, caller: Caller, wanted: Sequence[Wanted], *, before: UUID | None, limit: int
) -> Sequence[RowMapping]:
    """Own cases in whose identity all that is wanted is found, newest first."""
    tokens = [(thing, token, is_exact) for thing, each in enumerate(wanted) for token, is_exact in each.tokens.items()]
    parameters = {
        "organization": caller.organization(),
        "things": [thing for thing, _, _ in tokens],
        "tokens": [token for _, token, _ in tokens],
        "exact": [is_exact for _, _, is_exact in tokens],
        "count": len(wanted),
        "before": before,
        "limit": limit,
    }
    return (await session.execute(SEARCH, parameters)).mappings().all()
