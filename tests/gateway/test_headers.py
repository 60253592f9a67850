"""What the services see of a request, and what the world sees of the answers."""

import json
from typing import Any

import pytest
from paivand_local import demonstration
from paivand_local.stack import Stack

from tests.factories.collector import Collector
from tests.factories.waiting import until
from tests.gateway.edge import Edge
from tests.gateway.problems import assert_problem

pytestmark = pytest.mark.system

PATH = "/directory/v1/organizations"
FORGED = {
    "X-Organization": "adolat",
    "X-Organization-Id": "0199a000-0000-7000-8000-000000000002",
    "X-User": "dilnoza",
    "X-User-Id": "1",
    "X-Auth-Request-User": "dilnoza",
    "X-Paivand-Subject": "somebody",
    "X-Paivand-Roles": "coordinator",
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-User": "dilnoza",
    "X-Real-IP": "203.0.113.9",
    "X-Original-URL": "/referral/v1/cases",
    "Forwarded": "for=203.0.113.9",
}


def test_identity_headers_from_outside_are_removed(mirrored: Edge, token: str) -> None:
    seen = mirrored.get(PATH, token, headers=FORGED).json()["headers"]
    assert {name.lower() for name in FORGED}.isdisjoint(set(seen) - {"x-forwarded-for"})
    assert not set(seen.values()) & set(FORGED.values())
    assert seen["authorization"] == f"Bearer {token}"


def test_identity_headers_do_not_replace_a_token(mirrored: Edge) -> None:
    assert_problem(mirrored.get(PATH, headers=FORGED), 401, "unauthenticated")


def test_a_forged_organization_changes_nothing_in_a_real_service(stack: Stack, token: str) -> None:
    """Through to the real directory: the service is the shelter's, whatever the headers claim."""
    own = demonstration.organizations()["mehrubon"].id
    body = {"name": "Child care for an hour", "taxonomy_terms": ["childcare"]}
    headers = FORGED | {"Idempotency-Key": "forged-organization"}
    answer = Edge(stack).request("POST", "/directory/v1/services", token, json=body, headers=headers)
    assert answer.status_code == 201
    assert answer.json()["organization_id"] == str(own)


def test_cross_origin_requests_get_no_permission(mirrored: Edge, token: str) -> None:
    origin = {"Origin": "https://evil.example"}
    preflight = origin | {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
    for answer in (
        mirrored.request("OPTIONS", PATH, headers=preflight),
        mirrored.get(PATH, token, headers=origin),
        mirrored.get("/auth/realms/paivand/.well-known/openid-configuration", headers=origin),
    ):
        assert "access-control-allow-origin" not in answer.headers


def test_the_trace_goes_in_and_comes_back(mirrored: Edge, token: str) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    sent = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    passed = mirrored.get(PATH, token, headers=sent)
    assert passed.json()["headers"]["traceparent"].split("-")[1] == trace
    assert passed.headers["x-trace-id"] == trace
    assert mirrored.get(PATH, headers=sent).json()["trace_id"] == trace


async def test_the_access_log_has_neither_query_nor_token(mirrored: Edge, token: str) -> None:
    mark = "/directory/v1/organizations/0199a000-0000-7000-8000-00000000beef"
    mirrored.get(mark, token, params={"text": "zarina-wants-nobody-to-know"})
    entry: dict[str, Any] = await until(lambda: _entry(mirrored, mark))
    assert entry["path"] == mark
    assert entry["status"] == 200
    whole = mirrored.access_log.read_text()
    assert "zarina-wants-nobody-to-know" not in whole
    assert token not in whole
    assert token.split(".")[1] not in whole


SECRET = "nN0cQ7rW3xT9yU2iO5pA8sD1fG4hJ6kL0zX3cV7bN9m"


async def test_a_calendars_address_is_not_in_the_access_log(mirrored: Edge) -> None:
    spellings = ["", "/", "//"]
    for spelling in spellings:
        answer = mirrored.get(f"/referral/v1{spelling or '/'}calendar/{SECRET}.ics")
        assert answer.json()["path"] == f"/referral/v1/calendar/{SECRET}.ics"
    # Mistyped ones are logged without the path as well; whoever mistypes it once gets it right the next time.
    mirrored.get(f"/Referral/V1/Calendar/{SECRET}.ics")
    mirrored.get(f"/calendar/{SECRET}")
    after = "/directory/v1/organizations/0199a000-0000-7000-8000-00000000cafe"
    mirrored.get(after)
    await until(lambda: _entry(mirrored, after))
    entry = _entry(mirrored, "/referral/v1/calendar/-")
    assert entry is not None
    assert entry["status"] == 200
    whole = mirrored.access_log.read_text()
    assert whole.count("/referral/v1/calendar/-") == len(spellings) + 2
    assert SECRET not in whole


async def test_a_calendars_address_is_in_no_span(stack: Stack, collector: Collector, token: str) -> None:
    public = Edge(stack)
    assert_problem(public.get(f"/referral/v1/calendar/{SECRET}.ics"), 404, "not-found")
    trace = "4bf92f3577b34da6a3ce929d0e0e4737"
    public.get("/referral/v1/cases", token, headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
    seen = lambda: {span.service for span in collector.spans if span.trace_id == trace} >= {"gateway"}  # noqa: E731
    await until(seen, seconds=30)
    assert SECRET.encode() not in b"".join(collector.raw)


def _entry(edge: Edge, path: str) -> dict[str, Any] | None:
    lines = [line for line in edge.access_log.read_text().splitlines() if path in line]
    return json.loads(lines[0]) if lines else None
