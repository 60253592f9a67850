"""Who asks: people of organizations, and the headers they send."""

from typing import Any
from uuid import UUID, uuid4

from paivand_contracts.codes import Role

from tests.factories.tokens import bearer


def member(organization_id: UUID, **claims: Any) -> dict[str, str]:
    return bearer(organization_id=organization_id, **claims)


def manager(organization_id: UUID, **claims: Any) -> dict[str, str]:
    return bearer(organization_id=organization_id, roles=(Role.MANAGER,), **claims)


def coordinator(**claims: Any) -> dict[str, str]:
    return bearer(roles=(Role.COORDINATOR,), **claims)


def auditor(**claims: Any) -> dict[str, str]:
    return bearer(roles=(Role.AUDITOR,), **claims)


def once(key: str | None = None) -> dict[str, str]:
    """The Idempotency-Key of a POST."""
    return {"Idempotency-Key": key or str(uuid4())}
