"""Every answer is one that the service's own OpenAPI document describes, whatever is sent (Schemathesis)."""

import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from paivand_local import demonstration
from paivand_local.stack import Stack
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.system.actors import CASE, REFERRALS

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ATTEMPTS = settings(
    max_examples=12,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
ENDLESS = "/inbox/stream"
BY_THE_COORDINATOR = {("put", "/directory/v1/organizations/{organization_id}"), ("get", "/referral/v1/overdue")}
CONSENT = {"given_at": "2026-11-24T10:00:00Z", "scope": ["referral", "summary", "redirect"]}


class Account:
    """The shelter's manager, whose own service no other test asks for help."""

    def __init__(self, stack: Stack) -> None:
        self.site = stack.site
        self.organization_id = str(demonstration.accounts()["zarina"].organization_id)
        self.client = httpx.Client(base_url=stack.url, timeout=30, trust_env=False)
        self._tokens: dict[str, tuple[float, str]] = {}

    def headers(self, username: str = "zarina") -> dict[str, str]:
        """Headers with a token that lives longer than an operation takes; all together may need more than one."""
        made_at, token = self._tokens.get(username, (float("-inf"), ""))
        if time.monotonic() - made_at > 100:
            token = demonstration.token(self.site, username)
            self._tokens[username] = time.monotonic(), token
        return {"Authorization": f"Bearer {token}"}

    def things(self) -> list[dict[str, Any]]:
        """Two sets of what she can name, newly made: a referral to her own service, asked and begun; and the rest."""
        self.clear()
        asked, begun = self._referral(), self._referral()
        for version, action in enumerate(("accept", "start"), 1):
            self._post(f"{REFERRALS}/{begun['id']}/{action}", None, version)
        webhook = self._post("/notify/v1/webhooks", {"url": "http://127.0.0.1:9/"})
        entries = self._get("/notify/v1/inbox?limit=1")["items"]
        common = {
            "organization_id": self.organization_id,
            "webhook_id": webhook["id"],
            "taxonomy_terms": ["medical"],
            "minimum_age": 18,
            "maximum_age": 99,
            "consent": CONSENT,
        } | ({"entry_id": entries[0]["id"]} if entries else {})
        named = ("case_id", "service_id")
        return [common | {"referral_id": each["id"]} | {name: each[name] for name in named} for each in (asked, begun)]

    def _referral(self) -> Any:
        """A new referral. What the attempts did to a service reaches the referral service a moment later."""
        deadline = time.monotonic() + 20
        while True:
            try:
                return self._request()
            except httpx.HTTPStatusError as refused:
                if refused.response.status_code != 422 or time.monotonic() > deadline:
                    raise
            time.sleep(0.05)

    def _request(self) -> Any:
        service = self._get(f"/directory/v1/services?organization_id={self.organization_id}&status=active")["items"][-1]
        case = self._post("/referral/v1/cases", CASE)
        request = {"case_id": case["id"], "service_id": service["id"], "priority": "routine", "consent": CONSENT}
        return self._post(REFERRALS, request)

    def _get(self, path: str) -> Any:
        return self.client.get(path).raise_for_status().json()

    def _post(self, path: str, body: Any, version: int = 0) -> Any:
        headers = {"Idempotency-Key": str(uuid4()), "If-Match": f'"{version}"'}
        return self.client.post(path, json=body, headers=headers).raise_for_status().json()

    def clear(self) -> None:
        """Ends what would go on working after the tests."""
        self.client.headers.update(self.headers())
        for webhook in self._get("/notify/v1/webhooks?limit=200")["items"]:
            self.client.delete(f"/notify/v1/webhooks/{webhook['id']}", headers={"If-Match": "*"})
        self.client.delete("/notify/v1/email-subscription")


@pytest.fixture(scope="module")
def account(stack: Stack) -> Iterator[Account]:
    account = Account(stack)
    yield account
    account.clear()
    account.client.close()


@pytest.mark.parametrize("service", ["directory", "referral", "notify"])
@pytest.mark.timeout(180)
def test_every_answer_is_described(account: Account, service: str) -> None:
    schema = schemathesis.openapi.from_url(f"{account.site.public_url}/{service}/v1/openapi.json")
    seen: set[tuple[str, int]] = set()
    for result in schema.exclude(path_regex=ENDLESS).get_all_operations():
        operation = result.ok()
        things = [] if (operation.method, operation.path) in BY_THE_COORDINATOR else account.things()
        attack(operation, things, account.headers(*() if things else ("nigora",)), seen)
    # Attempts that all fail at the door would prove nothing.
    assert any(name.startswith("POST") and status in (200, 201, 202) for name, status in seen)
    assert {200, 404, 422} <= {status for _, status in seen}


def attack(operation: Any, things: list[dict[str, Any]], headers: dict[str, str], seen: set[tuple[str, int]]) -> None:
    """Calls one operation with input that the document allows, and with input that it does not."""
    inputs = operation.as_strategy() | operation.as_strategy(schemathesis.GenerationMode.NEGATIVE)

    @ATTEMPTS
    @given(case=inputs, named=st.sampled_from([None, *things]))
    def attempt(case: Any, named: dict[str, Any] | None) -> None:
        if named:
            name(case, named)
        response = case.call(headers=headers)
        seen.add((f"{operation.method.upper()} {operation.path}", response.status_code))
        case.validate_response(response, checks=CHECKS)

    attempt()


def name(case: Any, things: dict[str, Any]) -> None:
    """Puts things that are there in place of random ones, so that more than refusals is seen."""
    for container in (case.path_parameters, case.body):
        if isinstance(container, dict):
            container.update({key: things[key] for key in container.keys() & things.keys()})
    if case.method != "GET":
        case.headers.update({"If-Match": "*", "Idempotency-Key": str(uuid4())})
