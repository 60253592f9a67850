"""What needs a second factor is refused to a sign-in that is weak or old (RFC 9470)."""

import time
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import uuid4

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI
from paivand_contracts.codes import Role
from paivand_contracts.problems import ProblemType
from paivand_kit import problems
from paivand_kit.caller import Caller, Requires
from paivand_kit.step_up import SECOND_FACTOR

from tests.factories.tokens import bearer, second_factor, verifier

Reader = Annotated[Caller, Depends(Requires("test:identity:read", {Role.MEMBER}, step_up=SECOND_FACTOR))]


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    router = APIRouter()

    @router.get("/identity")
    async def identity(caller: Reader) -> str:
        return caller.subject

    app = FastAPI()
    app.state.verifier = verifier()
    problems.install(app)
    app.include_router(router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        yield client


async def read(client: httpx.AsyncClient, **claims: Any) -> httpx.Response:
    return await client.get("/identity", headers=bearer(organization_id=uuid4(), **claims))


@pytest.mark.parametrize("method", ["otp", "hwk"])
async def test_fresh_second_factor_reads(client: httpx.AsyncClient, method: str) -> None:
    assert (await read(client, **second_factor() | {"amr": [method]})).status_code == 200


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"acr": "1"}, id="password only"),
        pytest.param({"acr": "0"}, id="less than a password"),
        pytest.param({"acr": "3"}, id="a level that we do not know"),
        pytest.param({"acr": "gold"}, id="no level"),
        pytest.param({"acr": 2}, id="a number"),
        pytest.param({"acr": None}, id="not said"),
        pytest.param({"auth_time": int(time.time()) - SECOND_FACTOR.max_age - 1}, id="too old"),
        pytest.param({"auth_time": int(time.time()) + 3600}, id="in the future"),
        pytest.param({"auth_time": None}, id="a service account: nobody signed in"),
        pytest.param({"amr": []}, id="refreshed after a later sign-in with a password"),
        pytest.param({"amr": ["pwd"]}, id="no second factor among the methods"),
        pytest.param({"amr": None}, id="methods not said"),
    ],
)
async def test_weak_or_old_sign_in_is_told_what_to_ask_for(client: httpx.AsyncClient, claims: dict[str, Any]) -> None:
    answer = await read(client, **second_factor() | claims)
    assert answer.status_code == 401
    assert answer.json()["type"] == ProblemType.INSUFFICIENT_USER_AUTHENTICATION.urn
    challenge = answer.headers["www-authenticate"]
    assert challenge.startswith('Bearer error="insufficient_user_authentication"')
    assert 'acr_values="2", max_age=300' in challenge


async def test_who_may_not_read_at_all_is_not_sent_to_sign_in(client: httpx.AsyncClient) -> None:
    answer = await read(client, roles=(Role.COORDINATOR,), acr="1")
    assert answer.status_code == 403


@pytest.mark.parametrize("auth_time", ["yesterday", [], {}])
async def test_an_unreadable_time_is_no_token(client: httpx.AsyncClient, auth_time: object) -> None:
    answer = await read(client, **second_factor() | {"auth_time": auth_time})
    assert answer.json()["type"] == ProblemType.UNAUTHENTICATED.urn
