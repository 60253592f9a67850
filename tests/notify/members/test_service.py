"""The projection keeps the newest state, and knows who takes part."""

from uuid import uuid4

import pytest
from paivand_contracts.codes import OrganizationStatus
from paivand_kit.database import Database
from paivand_notify.members import service

from tests.factories.directory_events import changed

pytestmark = pytest.mark.integration
ACTIVE, SUSPENDED = OrganizationStatus.ACTIVE, OrganizationStatus.SUSPENDED


async def test_of_several_states_the_newest_counts(database: Database) -> None:
    one, other = uuid4(), uuid4()
    stated = [
        changed(one, SUSPENDED, 3).data,
        changed(one, ACTIVE, 2).data,
        changed(other, SUSPENDED, 1).data,
        changed(other, ACTIVE, 2).data,
    ]
    async with database.transaction() as session:
        assert list(await service.follow(session, stated)) == [one]
        assert list(await service.follow(session, [changed(one, ACTIVE, 1).data])) == [one]
        assert list(await service.follow(session, [])) == []
