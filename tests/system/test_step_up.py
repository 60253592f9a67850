"""Who a person is, through the gateway, with tokens that Keycloak gave for a password and for a second factor."""

from uuid import uuid4

from paivand_local.stack import Stack

from tests.factories.browser import strong_token
from tests.system.actors import CASE
from tests.system.conftest import People

IDENTITY = {
    "names": [{"use": "official", "text": "Нигора Раҳимова", "script": "Cyrl"}],
    "date_of_birth": "2001-05-17",
    "notes": "Speaks to Zarina only.",
}


async def test_an_identity_is_read_after_a_second_factor_only(people: People, stack: Stack) -> None:
    shelter = people.shelter
    case = await shelter.post("/referral/v1/cases", CASE)
    path = f"/referral/v1/cases/{case['id']}/identity"
    written = await shelter.client.put(path, json=IDENTITY, headers={"If-Match": '"0"'})
    assert written.is_success, written.text

    refused = await shelter.client.get(path)
    assert refused.status_code == 401
    assert refused.json()["type"] == "urn:paivand:problem:insufficient-user-authentication"
    assert 'acr_values="2", max_age=300' in refused.headers["www-authenticate"]
    assert "Раҳимова" not in refused.text

    strong = strong_token(stack.site, shelter.username)
    read = await shelter.client.get(path, headers={"Authorization": f"Bearer {strong}"})
    assert read.status_code == 200
    assert read.json()["notes"] == IDENTITY["notes"]
    # The other party's second factor opens nothing, and learns nothing.
    other = strong_token(stack.site, people.lawyer.username)
    for absent in (path, f"/referral/v1/cases/{uuid4()}/identity"):
        answer = await people.lawyer.client.get(absent, headers={"Authorization": f"Bearer {other}"})
        assert answer.status_code == 404
