"""The copy of the directory: newer statements win, whatever the order."""

from uuid import uuid4

from paivand_contracts.codes import ServiceStatus
from paivand_kit.database import Database
from paivand_referral.directory.tables import DirectoryServiceRow

from tests.referral.conftest import Network


async def test_an_older_statement_does_not_undo_a_newer_one(network: Network, database: Database) -> None:
    service_id, owner = uuid4(), uuid4()
    await network.state_service(service_id, owner, name="New name", status=ServiceStatus.INACTIVE, version=3)
    await network.state_service(service_id, owner, name="Old name", version=2)
    async with database.transaction() as session:
        row = await session.get(DirectoryServiceRow, service_id)
    assert row is not None
    assert (row.name, row.status, row.version) == ("New name", "inactive", 3)
