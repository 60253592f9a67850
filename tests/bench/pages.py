"""A page of the inbox, with ten thousand referrals in it and with very many."""

import statistics
import subprocess
import time
from typing import TYPE_CHECKING

from tests.bench import pgbench
from tests.system.actors import Actor

if TYPE_CHECKING:
    from tests.bench.__main__ import Bench

FILL = """
WITH consent AS (
    INSERT INTO consents (id, case_id, organization_id, status, purposes, categories, recipient_organization_ids,
        recipient_service_ids, given_at, valid_from, recorded_by, created_at, version)
    VALUES (uuidv7(), '{case_id}', '{requester}', 'active', '{{referral}}', '{{profile}}', '{{}}', '{{{service_id}}}',
        now(), now(), 'bench', now(), 1) RETURNING id
)
INSERT INTO referrals (id, number, case_id, service_id, requester_organization_id, owner_organization_id, status,
    priority, consent_id, consent_given_at, consent_scope, respond_by, version, created_at, updated_at)
SELECT uuidv7(), 'B-' || uuidv7()::text, '{case_id}', '{service_id}', '{requester}', '{owner}',
    (ARRAY['accepted', 'in-progress', 'completed', 'rejected'])[1 + n % 4], 'routine',
    consent.id, now(),
    '{{referral}}', now() + interval '3 days', 1, now(), now()
FROM consent, generate_series(1, {count}) AS n
"""
PAGES = 200


async def flatness(bench: "Bench", rows: int) -> float:
    """Median time of a page with `rows` referrals in the inbox, to that with ten thousand."""
    _grow(bench, 10_000)
    small = await _page_ms(bench)
    _grow(bench, rows - 10_000)
    return await _page_ms(bench) / small


def _grow(bench: "Bench", count: int) -> None:
    site = bench.stack.site
    statement = FILL.format(
        case_id=bench.body["case_id"],
        service_id=bench.body["service_id"],
        requester=bench.shelter.organization_id,
        owner=bench.lawyer.organization_id,
        count=count,
    )
    url = site.database_url("referral_owner", "referral").replace("+asyncpg", "")
    for command in (statement, "VACUUM ANALYZE referrals"):
        subprocess.run([str(pgbench.programs() / "psql"), "--no-psqlrc", "-q", url, "-c", command], check=True)


async def _page_ms(bench: "Bench") -> float:
    """First pages and pages from the middle, with and without a filter, through the gateway."""
    lawyer = Actor(bench.stack.site, "dilnoza")
    times: list[float] = []
    cursor: dict[str, str] = {}
    for number in range(PAGES):
        query = {"box": "inbox", "limit": 50, **cursor}
        if number % 2:
            query = {"box": "inbox", "limit": 50, "status": ["accepted", "in-progress"]}
        began = time.perf_counter()
        page = await lawyer.get("/referral/v1/referrals", **query)
        times.append((time.perf_counter() - began) * 1000)
        if not number % 2 and page["next_cursor"]:
            cursor = {"cursor": page["next_cursor"]}
    return statistics.median(times)
