"""What the messaging says for its service, and what it does not let others make it say."""

from collections.abc import AsyncIterator

import pytest
from paivand_contracts.envelope import OutboxPage, OutboxRead, outbox_read_subject
from paivand_kit.database import Database
from paivand_kit.jobs import running
from paivand_kit.messaging import Messaging, stream_name
from paivand_kit.relay import Relay

from tests.kit.conftest import emit

pytestmark = pytest.mark.integration
ASKED = OutboxRead(after=0, limit=1)
FORGED = "paivand.directory.organization.forged.v1"


@pytest.fixture
async def relay(database: Database, producing: Messaging) -> AsyncIterator[None]:
    async with running(Relay("directory", database, producing).run()):
        yield


async def test_an_answer_goes_to_an_inbox_only(
    database: Database, relay: None, producing: Messaging, consuming: Messaging, subject: str
) -> None:
    """Otherwise the asker could name an event's subject, and the answer would stand in the stream as an event."""
    await emit(database, subject, 1)
    asker, question = await consuming.connected(), outbox_read_subject("directory")
    await consuming.request(question, ASKED, OutboxPage)
    await asker.publish(question, ASKED.model_dump_json().encode(), reply=FORGED)
    await consuming.request(question, ASKED, OutboxPage)
    stream = await producing.jetstream()
    info = await stream.stream_info(stream_name("directory"), subjects_filter=FORGED)
    assert not info.state.subjects
