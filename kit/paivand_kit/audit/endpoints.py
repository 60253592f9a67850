"""HTTP of a service's audit trail: all of it for auditors, that of a case for the managers of its organization."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from paivand_contracts.codes import Role
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ..caller import Caller, Requires
from ..database import Session
from ..pagination import Page, PageQuery
from ..problems import not_found
from .schemas import AuditEntry, Question, asked
from .trail import AuditedRoute, AuditRow

OwnsCase = Callable[[AsyncSession, Caller, UUID], Awaitable[bool]]


def audit_router(service: str, owns_case: OwnsCase | None) -> APIRouter:
    """The route of one service. `owns_case` says whether a case is the caller's; None where there are no cases."""
    roles = {Role.AUDITOR, Role.MANAGER} if owns_case else {Role.AUDITOR}
    permission = Requires(f"{service}:audit:read", roles, member_only=False, audited=True)
    router = APIRouter(prefix=f"/{service}/v1/audit", tags=["audit"], route_class=AuditedRoute)

    @router.get("", response_model=Page[AuditEntry])
    async def read_audit(  # pyright: ignore[reportUnusedFunction]
        caller: Annotated[Caller, Depends(permission)],
        session: Session,
        question: Annotated[Question, Depends(asked)],
        page: PageQuery,
    ) -> dict[str, Any]:
        """The audit trail, newest first (auditors). Managers name a case of their own organization."""
        if Role.AUDITOR not in caller.roles:
            case_id = question.fields.get("case_id")
            if owns_case is None or case_id is None or not await owns_case(session, caller, case_id):
                raise not_found("case")
        rows = await list_entries(session, question, before=page.last(int), limit=page.limit + 1)
        return page.page(rows, lambda row: (row.position,))

    return router


async def list_entries(session: AsyncSession, question: Question, *, before: int | None, limit: int) -> list[AuditRow]:
    """Entries that fit the question, newest first."""
    query = select(AuditRow).order_by(AuditRow.position.desc()).limit(limit).filter_by(**question.fields)
    if question.since is not None:
        query = query.where(AuditRow.at >= question.since)
    if question.until is not None:
        query = query.where(AuditRow.at < question.until)
    if before is not None:
        query = query.where(AuditRow.position < before)
    return list(await session.scalars(query))
