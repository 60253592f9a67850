"""Use cases of the identities."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from paivand_contracts.envelope import now
from paivand_kit.audit import trail as audit
from paivand_kit.caller import Caller
from paivand_kit.preconditions import check_version
from paivand_kit.problems import invalid, not_found
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from ..vault.service import Vault, erased
from . import repository
from .index import BlindIndex
from .schemas import Identity, IdentityPut, PersonQuery

FIELD = "identity"


async def read_identity(session: AsyncSession, vault: Vault, caller: Caller, case_id: UUID) -> Identity:
    """Who the person of an own case is; 404 for anybody else's, and once the person was erased."""
    identity = await find_identity(session, vault, caller, case_id)
    if identity is None:
        raise not_found("identity")
    return identity


async def find_identity(session: AsyncSession, vault: Vault, caller: Caller, case_id: UUID) -> Identity | None:
    """Who the person of an own case is; None for anybody else's, and once the person was erased."""
    row = await repository.get(session, caller, case_id)
    key = await vault.key_of(case_id, row) if row else None
    if row is None or key is None:
        return None
    audit.note(session, case_id=case_id)
    if row["sealed"] is None:
        written = IdentityPut()
    else:
        written = IdentityPut.model_validate_json(key.unseal(row["sealed"], FIELD, row["version"]))
    return Identity(**dict(written), case_id=case_id, version=row["version"], updated_at=row["updated_at"])


async def put_identity(
    session: AsyncSession,
    vault: Vault,
    index: BlindIndex,
    caller: Caller,
    case_id: UUID,
    identity: IdentityPut,
    expected: int | None,
) -> dict[str, Any]:
    """Writes who the person of an own case is, and by what it is found."""
    row = await repository.lock(session, caller, case_id)
    if row is None:
        raise not_found("identity")
    key = await vault.key_of(case_id, row)
    if key is None:
        raise erased()
    check_version(expected, row["version"])
    organization, version = caller.organization(), row["version"] + 1
    values = {
        "case_id": case_id,
        "version": version,
        "sealed": key.seal(identity.model_dump_json(), FIELD, version),
        "updated_by": caller.subject,
        "updated_at": now(),
    }
    audit.note(session, case_id=case_id)
    await repository.put(session, values, organization, index.tokens_of(organization, identity))
    return values


async def find(
    session: AsyncSession, index: BlindIndex, caller: Caller, query: PersonQuery, *, before: UUID | None, limit: int
) -> Sequence[RowMapping]:
    """Cases of the caller's organization whose person fits."""
    wanted = index.wanted(caller.organization(), query)
    if not wanted:
        raise invalid("", "empty", "Nothing of this can be looked for: a name needs a part of two letters or more.")
    return await repository.search(session, caller, wanted, before=before, limit=limit)
