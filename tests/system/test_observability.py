"""What operators can see, and what nobody may see there."""

import json
import secrets

import pytest
from paivand_local.stack import Stack

from tests.factories.collector import Collector
from tests.factories.waiting import until
from tests.system.actors import REFERRALS
from tests.system.conftest import People

STEPS = {
    ("paivand-referral", "POST /referral/v1/referrals"),
    ("paivand-referral", "SQL WITH"),
    ("paivand-referral", "publish paivand.referral.referral.requested.v1"),
    ("paivand-notify", "handle paivand.referral.referral.requested.v1"),
    ("paivand-notify", "SQL INSERT"),
}


async def test_one_trace_runs_from_the_gateway_to_the_inbox(people: People, collector: Collector) -> None:
    trace_id = secrets.token_hex(16)
    people.shelter.client.headers["traceparent"] = f"00-{trace_id}-{secrets.token_hex(8)}-01"
    referral = await people.referral_to(people.lawyer)
    await people.lawyer.told(referral["id"], "requested")

    def from_gateway_to_inbox() -> bool:
        spans = {span.span_id: span for span in collector.trace(trace_id)}
        seen = {(span.service, span.name) for span in spans.values()}
        handled = [span for span in spans.values() if span.name.startswith("handle ")]
        if not (seen >= STEPS and handled):
            return False
        asked = spans.get(handled[0].parent_id)
        gateway = spans.get(asked.parent_id) if asked else None
        return gateway is not None and gateway.service == "gateway"

    await until(from_gateway_to_inbox)


async def test_the_figures_that_operators_watch_are_there(people: People, collector: Collector) -> None:
    await people.referral_to(people.lawyer)
    wanted = {
        "http.server.request.duration",
        "paivand.outbox.lag",
        "paivand.consumer.referral.lag",
        "paivand.consumer.directory.lag",
        "paivand.referral.overdue",
    }
    await until(lambda: collector.metrics >= wanted)
    assert any("deliver" in name for name in collector.metrics)


async def test_a_problem_names_the_trace_of_its_request(people: People) -> None:
    trace_id = secrets.token_hex(16)
    headers = {"traceparent": f"00-{trace_id}-{secrets.token_hex(8)}-01"}
    missing = await people.shelter.client.get(f"{REFERRALS}/019b0000-0000-7000-8000-000000000000", headers=headers)
    assert missing.status_code == 404
    assert missing.json()["trace_id"] == trace_id


async def test_free_text_is_nowhere_but_in_its_table(people: People, stack: Stack, collector: Collector) -> None:
    """Summary and note reach the two parties, and no event, log, trace, mail or stream file."""
    canary, note = f"canary{secrets.token_hex(8)}", f"canary{secrets.token_hex(8)}"
    refused = await people.shelter.try_post(REFERRALS, {"summary": canary, note: canary})
    assert refused.status_code == 422
    assert canary not in refused.text
    referral = await people.referral_to(people.lawyer, summary=canary)
    await people.lawyer.act(referral, "reject", {"reason": "other", "note": note})
    await people.shelter.told(referral["id"], "rejected")
    await until(lambda: any(span.name == "handle paivand.referral.referral.rejected.v1" for span in collector.spans))
    leaks = [
        str(path)
        for folder in ("logs", "nats", "mail")
        for path in (stack.site.state_dir / folder).rglob("*")
        if path.is_file() and any(word.encode() in path.read_bytes() for word in (canary, note))
    ]
    assert leaks == []
    assert not any(word.encode() in raw for raw in collector.raw for word in (canary, note))


@pytest.mark.parametrize("service", ["directory", "referral", "notify", "envoy"])
async def test_logs_are_json_lines_without_queries_or_tokens(people: People, stack: Stack, service: str) -> None:
    marker = f"q{secrets.token_hex(6)}"
    await people.shelter.client.get("/directory/v1/services", params={"text": marker})
    log = stack.site.logs_dir / f"{service}.log"

    def logged() -> bool:
        return service != "envoy" or "/directory/v1/services" in log.read_text()

    await until(logged)
    text = log.read_text()
    assert marker not in text
    assert people.shelter.token[:40] not in text
    if service == "envoy":
        lines = [line for line in text.splitlines() if line.startswith("{")]
        assert {"/directory/v1/services"} <= {json.loads(line)["path"] for line in lines}
