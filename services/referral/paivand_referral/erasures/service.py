"""Use cases of the erasures.

Erasing destroys the key of the case: what was sealed with it can be opened by nobody any more, wherever a copy lies.
The pseudonymous record and the counts stay.
"""

import hashlib
from typing import Any
from uuid import UUID

from paivand_contracts.envelope import now
from paivand_contracts.problems import ProblemType
from paivand_contracts.referral import CaseErased, CaseRef
from paivand_kit.audit import trail as audit
from paivand_kit.caller import Caller
from paivand_kit.outbox import emit
from paivand_kit.problems import ProblemError, invalid, not_found
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from . import repository
from .schemas import Erase, ErasureReason, LegalHoldPut
from .tables import ErasureRow, LegalHoldRow


async def erase(session: AsyncSession, caller: Caller, case_id: UUID, wanted: Erase) -> dict[str, Any]:
    """Erases the person of an own case, unless the law forbids it."""
    case = await _lock(session, caller, case_id)
    if wanted.number.upper() != case["number"]:
        raise invalid("/number", "mismatch", "This is not the number of the case. Look again which one you mean.")
    audit.note(session, case_id=case_id)
    return await _erase(session, case, wanted.reason, by=caller.subject)


async def erase_numbered(session: AsyncSession, number: str, reason: ErasureReason) -> dict[str, Any]:
    """The same, by the operators of the network, who know the case's number only.

    Raises:
        ProblemError: no such case, erased already, or on legal hold.
    """
    case = await repository.lock_numbered_unscoped(session, number.upper())
    if case is None:
        raise not_found("case")
    receipt = await _erase(session, case, reason, by="operator")
    await audit.record(session, None, "erase", "cases", case["case_id"], case_id=case["case_id"])
    return receipt


async def _erase(session: AsyncSession, case: RowMapping, reason: ErasureReason, *, by: str) -> dict[str, Any]:
    case_id, at = case["case_id"], now()
    if case["wrapped"] is None:
        raise ProblemError(ProblemType.CONFLICT, "The person of this case was erased before.")
    if await repository.hold_of_locked_unscoped(session, case_id):
        raise ProblemError(
            ProblemType.CONFLICT, "The case is on legal hold: it may not be erased until a manager ends the hold."
        )
    counts = await repository.destroy(session, case_id, at)
    receipt = {
        "case_id": case_id,
        "number": case["number"],
        "reason": reason.value,
        "erased_by": by,
        "erased_at": at,
        "key_fingerprint": hashlib.sha256(case["wrapped"]).hexdigest(),
        "wrapping_key": case["kek_id"],
        **counts,
    }
    await repository.add_receipt(session, receipt)
    await emit(session, CaseErased(subject=str(case_id), time=at, data=CaseRef(case_id=case_id)))
    return receipt


async def read_receipt(session: AsyncSession, caller: Caller, case_id: UUID) -> ErasureRow:
    """The receipt of an own case that was erased."""
    receipt = await repository.receipt_of_own(session, caller, case_id)
    if receipt is None:
        raise not_found("erasure")
    return receipt


async def put_hold(session: AsyncSession, caller: Caller, case_id: UUID, hold: LegalHoldPut) -> dict[str, Any]:
    """Forbids to erase an own case."""
    case = await _lock(session, caller, case_id)
    if case["wrapped"] is None:
        raise ProblemError(ProblemType.CONFLICT, "The person of this case was erased before.")
    values = {"case_id": case_id, "reason": hold.reason.value, "set_by": caller.subject, "set_at": now()}
    audit.note(session, case_id=case_id)
    await repository.put_hold(session, values)
    return values


async def end_hold(session: AsyncSession, caller: Caller, case_id: UUID) -> None:
    """Allows to erase an own case again."""
    await _lock(session, caller, case_id)
    audit.note(session, case_id=case_id)
    await repository.remove_hold(session, case_id)


async def read_hold(session: AsyncSession, caller: Caller, case_id: UUID) -> LegalHoldRow:
    """The hold on an own case; 404 when there is none."""
    hold = None
    if await repository.owns(session, caller, case_id):
        hold = await repository.hold_of_locked_unscoped(session, case_id)
    if hold is None:
        raise not_found("legal hold")
    return hold


async def _lock(session: AsyncSession, caller: Caller, case_id: UUID) -> RowMapping:
    case = await repository.lock(session, caller, case_id)
    if case is None:
        raise not_found("case")
    return case
