"""Use cases of the cases."""

from uuid import UUID

from paivand_contracts.envelope import new_id
from paivand_kit.audit import trail as audit
from paivand_kit.caller import Caller
from paivand_kit.problems import not_found
from sqlalchemy.ext.asyncio import AsyncSession

from ..numbers import new_number
from ..vault.service import Vault
from . import repository
from .schemas import CaseCreate
from .tables import CaseRow


async def open_case(session: AsyncSession, vault: Vault, caller: Caller, new: CaseCreate) -> CaseRow:
    """Opens a case of the caller's organization, and gives it a number and the key of its texts."""
    case = CaseRow(
        id=new_id(),
        number=new_number("C"),
        organization_id=caller.organization(),
        created_by=caller.subject,
        **new.model_dump(),
    )
    await repository.add(session, case)
    await vault.give_key(session, case.id)
    audit.note(session, case_id=case.id)
    return case


async def read_case(session: AsyncSession, caller: Caller, case_id: UUID) -> CaseRow:
    """One own case; 404 for anybody else's."""
    case = await repository.get(session, caller, case_id)
    if case is None:
        raise not_found("case")
    return case


async def owns_case(session: AsyncSession, caller: Caller, case_id: UUID) -> bool:
    """Whether the case is the caller's organization's."""
    return await repository.get(session, caller, case_id) is not None
