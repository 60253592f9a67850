"""SQL of the projection. An older version never overwrites a newer one."""

from collections.abc import Iterable
from typing import Any

from paivand_contracts.directory import OrganizationFacts, ServiceFacts
from paivand_kit.database import Base
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from .tables import DirectoryOrganizationRow, DirectoryServiceRow


async def put_organization(session: AsyncSession, facts: OrganizationFacts) -> None:
    """Takes over an organization's state."""
    await _put(session, DirectoryOrganizationRow, facts.model_dump(exclude={"organization_id"}), facts.organization_id)


async def put_service(session: AsyncSession, facts: ServiceFacts) -> None:
    """Takes over a service's state."""
    await _put(session, DirectoryServiceRow, facts.model_dump(exclude={"service_id"}), facts.service_id)


async def _put(session: AsyncSession, table: type[Base], values: dict[str, Any], key: Any) -> None:
    statement = insert(table).values(id=key, **values)
    columns: Iterable[str] = values.keys()
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["id"],
            set_={name: statement.excluded[name] for name in columns},
            where=table.__table__.c.version < statement.excluded.version,
        )
    )
