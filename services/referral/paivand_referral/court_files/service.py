"""Use cases of the court files."""

from uuid import UUID

from paivand_kit.caller import Caller
from paivand_kit.problems import invalid, not_found
from sqlalchemy.ext.asyncio import AsyncSession

from ..identities.index import BlindIndex
from ..proceedings import service as proceedings
from ..vault.service import Vault, erased
from . import repository, rules
from .schemas import CourtFile, CourtFilePut


def _field(proceeding_id: UUID) -> str:
    return f"proceedings/{proceeding_id}/court-file"


async def read(session: AsyncSession, vault: Vault, caller: Caller, proceeding_id: UUID) -> CourtFile:
    """The court's number of a proceeding that the caller may see; 404 without one, or once the person was erased."""
    row = await repository.get(session, caller, proceeding_id)
    key = await vault.key_of(row["case_id"], row) if row else None
    if row is None or key is None or row["court_file_number"] is None:
        raise not_found("court file")
    said = CourtFilePut.model_validate_json(key.unseal(row["court_file_number"], _field(proceeding_id)))
    return CourtFile(**dict(said), proceeding_id=proceeding_id, version=row["version"])


async def put(
    session: AsyncSession,
    vault: Vault,
    index: BlindIndex,
    caller: Caller,
    proceeding_id: UUID,
    expected: int | None,
    said: CourtFilePut,
) -> CourtFile:
    """Writes the court's number, sealed, and by what lists of that court find it.

    Raises:
        ProblemError: `not-found`, `stale`, `transition-not-allowed` when it is closed, `conflict` once the person was
            erased, `invalid` for a number without letters and digits.
    """
    token = token_of(index, said.court, said.number)
    if token is None:
        raise invalid("/number", "empty", "A court and a file number have letters or digits.")
    await proceedings.lock_open(session, caller, proceeding_id)
    row = await repository.get(session, caller, proceeding_id)
    key = await vault.key_of(row["case_id"], row) if row else None
    if row is None or key is None:
        raise erased()
    sealed = key.seal(said.model_dump_json(), _field(proceeding_id), row["version"] + 1)
    changed = await proceedings.put_court_file(session, caller, proceeding_id, expected, sealed, token)
    return CourtFile(**dict(said), proceeding_id=proceeding_id, version=changed.version)


def token_of(index: BlindIndex, court: str, number: str) -> bytes | None:
    """The blind index of a file number; None when there is nothing to find it by."""
    form = rules.file_form(court, number)
    return index.network_token("court-file", form) if form else None
