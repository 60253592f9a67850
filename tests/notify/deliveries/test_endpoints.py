"""Dead letters over HTTP."""

from uuid import UUID, uuid4

import httpx
import pytest
from paivand_notify.deliveries.rules import Outcome, Result

from tests.notify.deliveries.conftest import Make, Queue, Recipient
from tests.notify.people import auditor, coordinator, manager, member, once

pytestmark = pytest.mark.integration
PATH = "/notify/v1/dead-letters"


@pytest.fixture
async def organization_id(queue: Queue, make_worker: Make) -> UUID:
    """An organization with three dead letters."""
    organization_id = uuid4()
    await queue.fill(3, organization_id=organization_id)
    worker = make_worker(Recipient(Outcome(Result.REFUSED, "gone", 410)))
    await worker.start_due()
    await worker.finish()
    return organization_id


async def test_manager_sees_and_sends_again(
    client: httpx.AsyncClient, organization_id: UUID, make_worker: Make, recipient: Recipient
) -> None:
    letters = (await client.get(PATH, headers=manager(organization_id))).json()["items"]
    assert [(letter["status"], letter["last_reason"], letter["last_http_status"]) for letter in letters] == [
        ("dead", "gone", 410)
    ] * 3
    path = f"{PATH}/{letters[0]['id']}/redeliver"
    again = await client.post(path, headers=manager(organization_id) | once())
    assert (again.status_code, again.json()["status"], again.json()["attempts"]) == (200, "pending", 0)
    worker = make_worker(recipient)
    await worker.start_due()
    await worker.finish()
    assert recipient.taken == [UUID(letters[0]["id"])]
    assert (await client.post(path, headers=manager(organization_id) | once())).status_code == 409
    assert len((await client.get(PATH, headers=manager(organization_id))).json()["items"]) == 2


async def test_list_has_pages(client: httpx.AsyncClient, organization_id: UUID) -> None:
    first = await client.get(PATH, params={"limit": 2}, headers=manager(organization_id))
    rest = await client.get(first.links["next"]["url"], headers=manager(organization_id))
    ids = [letter["id"] for page in (first, rest) for letter in page.json()["items"]]
    assert ids == sorted(set(ids), reverse=True)
    assert (len(ids), rest.json()["next_cursor"]) == (3, None)


async def test_others_see_nothing(client: httpx.AsyncClient, organization_id: UUID) -> None:
    [letter, *_] = (await client.get(PATH, headers=manager(organization_id))).json()["items"]
    other = manager(uuid4())
    assert (await client.get(PATH, headers=other)).json()["items"] == []
    assert (await client.post(f"{PATH}/{letter['id']}/redeliver", headers=other | once())).status_code == 404
    assert (await client.get(PATH)).status_code == 401
    for headers in (member(organization_id), coordinator(), auditor()):
        assert (await client.get(PATH, headers=headers)).status_code == 403
        assert (await client.post(f"{PATH}/{letter['id']}/redeliver", headers=headers | once())).status_code == 403
