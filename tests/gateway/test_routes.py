"""Where paths lead, and where they do not."""

from typing import Any

import pytest
from paivand_local.site import SERVICES
from paivand_local.stack import Stack

from tests.factories.waiting import until
from tests.gateway.edge import Edge
from tests.gateway.problems import assert_problem

pytestmark = pytest.mark.system


@pytest.fixture
def public(stack: Stack) -> Edge:
    """The network's own gateway."""
    return Edge(stack)


def test_the_landing_page_links_what_there_is(public: Edge) -> None:
    page = public.get("/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    links = [f"/{service}/v1/docs" for service in SERVICES] + ["/auth/realms/paivand/account"]
    for link in links:
        assert f'href="{link}"' in page.text
        assert public.get(link, follow_redirects=True).status_code == 200


@pytest.mark.parametrize("service", SERVICES)
def test_documents_are_public_and_everything_in_them_needs_a_token(public: Edge, service: str) -> None:
    document: dict[str, Any] = public.get(f"/{service}/v1/openapi.json").json()
    assert document["paths"]
    for path, operations in document["paths"].items():
        for method in operations:
            answer = public.request(method.upper(), path.replace("{", "").replace("}", ""))
            # A calendar's address is its credential, and this one is nobody's.
            if path == "/referral/v1/calendar/{token}.ics":
                assert_problem(answer, 404, "not-found")
            else:
                assert_problem(answer, 401, "unauthenticated")


def test_the_documentation_page_brings_its_own_files(public: Edge) -> None:
    page = public.get("/directory/v1/docs").text
    assert 'src="/directory/v1/docs/' in page
    assert public.get("/directory/v1/docs/assets/swagger-ui.css").status_code == 200


def test_the_directory_speaks_hsds(public: Edge, token: str) -> None:
    about = public.get("/directory/hsds/", token).json()
    assert (about["version"], about["openapi_url"]) == ("3.1", f"{public.stack.url}/directory/v1/openapi.json")
    assert public.get("/directory/hsds/services", token).json()["contents"]


@pytest.mark.parametrize(
    "path",
    [
        "/auth/admin/",
        "/auth/admin/realms",
        "/auth/realms/master",
        "/auth/realms/master/protocol/openid-connect/token",
        "/auth/realms/paivand/clients-registrations/openid-connect",
        "/auth/metrics",
        "/auth/health",
        "/auth/",
        "/health/ready",
        "/directory/health/ready",
        "/directory",
        "/nowhere",
    ],
)
def test_what_is_not_for_the_outside_is_not_there(public: Edge, path: str) -> None:
    answer = public.get(path)
    assert answer.status_code in {401, 404}
    assert_problem(answer, answer.status_code, "not-found" if answer.status_code == 404 else "unauthenticated")


def test_keycloak_names_the_public_address(public: Edge, stack: Stack) -> None:
    document = public.get("/auth/realms/paivand/.well-known/openid-configuration").json()
    assert document["issuer"] == stack.site.issuer
    assert document["token_endpoint"].startswith(stack.url)


async def test_health_follows_the_services(public: Edge, stack: Stack) -> None:
    assert public.get("/healthz").status_code == 200
    stack.stop_part("notify")
    try:
        await until(lambda: public.get("/healthz").status_code == 503)
    finally:
        stack.start_part("notify")
    await until(lambda: public.get("/healthz").status_code == 200)
