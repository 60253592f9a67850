"""An application starts only when every endpoint says who may call it."""

from collections.abc import Callable
from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, Depends
from paivand_contracts.codes import Role
from paivand_kit.caller import Caller, Requires
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.service import Service
from paivand_kit.settings import ServiceSettings

from tests.factories.tokens import verifier
from tests.factories.waiting import until

pytestmark = pytest.mark.integration
One = Annotated[Caller, Depends(Requires("test:one:read", {Role.MEMBER}))]
Two = Annotated[Caller, Depends(Requires("test:two:read", {Role.MEMBER}))]


@pytest.fixture
def service(settings: Callable[[str], ServiceSettings]) -> Service:
    return Service("directory", settings("directory"), verifier())


def a_router() -> APIRouter:
    return APIRouter(prefix="/directory/v1", route_class=IdempotentRoute)


def test_endpoint_without_permission_is_refused(service: Service) -> None:
    router = a_router()

    @router.get("/open")
    async def open_to_all() -> None: ...

    with pytest.raises(RuntimeError, match="/directory/v1/open must name exactly one permission"):
        service.application(title="Test", description="", routers=[router], jobs=list)


def test_endpoint_with_two_permissions_is_refused(service: Service) -> None:
    router = a_router()

    @router.get("/both")
    async def both(one: One, two: Two) -> None: ...

    with pytest.raises(RuntimeError, match="exactly one permission"):
        service.application(title="Test", description="", routers=[router], jobs=list)


async def test_ended_job_makes_the_service_not_ready(service: Service) -> None:
    async def ends() -> None:
        raise ValueError

    app = service.application(title="Test", description="", routers=[], jobs=lambda: [ends()])
    transport = httpx.ASGITransport(app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://x") as client:

        async def is_not_ready() -> bool:
            answer = await client.get("/health/ready")
            return answer.status_code == 503 and answer.json()["jobs"] == "ended"

        await until(is_not_ready)
        assert (await client.get("/health/live")).status_code == 200


async def test_answers_are_not_kept_by_caches(service: Service) -> None:
    app = service.application(title="Test", description="", routers=[], jobs=list)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        answer = await client.get("/directory/v1/openapi.json")
    assert (answer.headers["cache-control"], answer.headers["x-content-type-options"]) == ("no-store", "nosniff")
