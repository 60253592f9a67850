"""What the answers tell a browser to do and not to do, whoever gives them."""

import re

import httpx
import pytest
from paivand_kit.docs_page import script_hashes
from paivand_local.site import SERVICES
from paivand_local.stack import Stack

from tests.factories.browser import Browser
from tests.gateway.edge import Edge, edge
from tests.gateway.test_tls import certificate  # noqa: F401 - a fixture

pytestmark = pytest.mark.system

NOTHING = "default-src 'none'; frame-ancestors 'none'"


@pytest.fixture
def real(stack: Stack) -> Edge:
    """The network's own gateway, with the real parts behind it."""
    return Edge(stack)


def is_told_the_usual(answer: httpx.Response) -> None:
    assert answer.headers.get_list("x-content-type-options") == ["nosniff"]
    assert answer.headers.get_list("referrer-policy") == ["no-referrer"]
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert len(answer.headers.get_list("content-security-policy")) == 1
    # Without TLS it would mean nothing, and browsers must ignore it (RFC 6797 section 7.2).
    assert "strict-transport-security" not in answer.headers
    assert answer.headers["server"] == "paivand"
    assert "x-powered-by" not in answer.headers


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("/directory/v1/services", 200, id="data"),
        pytest.param("/referral/v1/referrals/no-id", 422, id="a service's problem"),
        pytest.param("/directory/v1/openapi.json", 200, id="an OpenAPI document"),
        pytest.param("/nowhere", 404, id="the gateway's problem"),
    ],
)
def test_data_is_neither_kept_nor_run(real: Edge, token: str, path: str, status: int) -> None:
    answer = real.get(path, token)
    assert answer.status_code == status
    is_told_the_usual(answer)
    assert answer.headers["content-security-policy"] == NOTHING
    assert answer.headers.get_list("cache-control") == ["no-store"]


def test_a_refusal_at_the_gate_is_told_the_same(real: Edge) -> None:
    answer = real.get("/directory/v1/services")
    assert answer.status_code == 401
    is_told_the_usual(answer)
    assert answer.headers["content-security-policy"] == NOTHING
    assert answer.headers.get_list("cache-control") == ["no-store"]


@pytest.mark.parametrize("service", SERVICES)
def test_a_page_with_documents_runs_its_own_scripts_only(real: Edge, service: str) -> None:
    page = real.get(f"/{service}/v1/docs")
    is_told_the_usual(page)
    policy = dict(rule.split(" ", 1) for rule in page.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
    # What stands in the page is what the policy lets run, and there are no handlers in attributes.
    hashes = script_hashes(page.text)
    assert hashes
    assert policy["script-src"].split() == ["'self'", *hashes]
    assert not re.search(r"\son\w+=", page.text)
    for source in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert source.startswith(f"/{service}/v1/docs/assets/")
        is_told_the_usual(real.get(source))


def test_the_landing_page_runs_nothing(real: Edge) -> None:
    page = real.get("/")
    is_told_the_usual(page)
    assert page.headers["content-security-policy"].startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert "<script" not in page.text


def test_the_sign_in_page_is_in_nobodys_frame(stack: Stack) -> None:
    with Browser.opened(stack.site) as browser:
        page = browser.ask_for_code()
    assert 'name="password"' in page.text
    is_told_the_usual(page)
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-frame-options"] == "DENY"


def test_with_tls_browsers_are_told_to_stay_with_it(
    stack: Stack,
    token: str,
    certificate: dict[str, str],  # noqa: F811
) -> None:
    with edge(stack, issuer=stack.site.issuer.replace("http:", "https:"), **certificate) as secure:
        for answer in (secure.get("/"), secure.get("/nowhere"), secure.get("/directory/v1/services", token)):
            assert answer.headers.get_list("strict-transport-security") == ["max-age=63072000; includeSubDomains"]
