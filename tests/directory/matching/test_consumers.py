"""Matching as other services ask for it, over NATS."""

from uuid import uuid4

import httpx
import pytest
from paivand_contracts.matching import MATCH, MatchReply, MatchRequest, Profile
from paivand_kit.messaging import Messaging
from paivand_kit.problems import ProblemError

from tests.factories.capacity import a_shelter
from tests.factories.waiting import until

pytestmark = pytest.mark.integration


async def test_the_referral_service_finds_room(directory: httpx.AsyncClient, referral: Messaging) -> None:
    shelter = await a_shelter(directory, maximum=2)
    area = f"X-{uuid4().hex[:12]}"
    body = {"criteria": [{"attribute": "area", "operator": "any-of", "codes": [area]}]}
    path = f"/directory/v1/services/{shelter.service_id}/eligibility"
    (await directory.put(path, json=body, headers=shelter.headers | {"If-Match": "*"})).raise_for_status()
    # All others of the directory state no condition, so that this one, which is met, stands first.
    asked = MatchRequest(need="shelter", profile=Profile(area=area), limit=50)

    async def reply() -> MatchReply | None:
        try:
            return await referral.request(MATCH, asked, MatchReply, seconds=2)
        except ProblemError:
            return None

    answer = (await until(reply)).answer
    found = [each for each in answer.matches if str(each.service_id) == shelter.service_id]
    assert [str(each.capacity_id) for each in found[0].capacities] == [shelter.capacity_id]


async def test_refusal_has_its_kind(directory: httpx.AsyncClient, referral: Messaging) -> None:
    async def refusal() -> MatchReply | None:
        try:
            return await referral.request(MATCH, MatchRequest(need="magic"), MatchReply, seconds=2)
        except ProblemError:
            return None

    assert (await until(refusal)).problem == "invalid"
    wrong = MatchRequest(need="shelter", profile=Profile(gender="woman"))
    assert (await referral.request(MATCH, wrong, MatchReply, seconds=2)).problem == "invalid"
