"""The SQL of matching: one statement that finds, judges, counts, ranks and explains."""

from collections.abc import Mapping, Sequence
from typing import Any

from paivand_contracts.matching import Attribute, MatchRequest
from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from ..eligibility.rules import OPERATORS, RANGES, Answer
from .rules import FARTHEST_KM, Weights
from .tables import MATCH_ENTRIES


def _coded(attribute: Attribute) -> tuple[list[str], str]:
    """Counts of conditions that are not met, and of those that are not known, of an attribute with codes."""
    column, codes = str(attribute).replace("-", "_"), f"CAST(:{attribute.replace('-', '_')} AS text[])"
    judged = {
        "any-of": f"NOT {codes} && e.{column}_any_of",
        "none-of": f"{codes} && e.{column}_none_of",
        "covers": f"NOT {codes} <@ e.{column}_covers",
    }
    operators = sorted(OPERATORS[attribute])
    stated = ", ".join(f"e.{column}_{each.replace('-', '_')}" for each in operators)
    unknown = f"CASE WHEN {codes} IS NULL THEN num_nonnulls({stated}) ELSE 0 END"
    return [f"(({judged[each]}) IS TRUE)::integer" for each in operators], unknown


def _range(attribute: Attribute) -> tuple[list[str], str]:
    """The same of an attribute with numbers. Who is known to have none, such as no children, meets every range."""
    column = attribute.replace("-", "_")
    least, most = f"e.{column}_minimum", f"e.{column}_maximum"
    low, high = f"CAST(:{column}_low AS integer)", f"CAST(:{column}_high AS integer)"
    is_outside = f"({high} < {least} OR {low} > {most}) IS TRUE"
    overlaps = f"({low} < {least} OR {high} > {most}) IS TRUE"
    if OPERATORS[attribute] == {"all-within"}:
        is_outside, overlaps = overlaps, "false"
    unknown = f"(num_nonnulls({least}, {most}) > 0 AND (NOT :{column}_known OR {overlaps} AND NOT ({is_outside})))"
    return [f"({is_outside})::integer"], f"{unknown}::integer"


_JUDGED = [_range(each) if OPERATORS[each] & RANGES else _coded(each) for each in Attribute]

# Say the same as eligibility/rules.py `verdict` of all conditions of a service; a test compares them. What is not known
# of the person is NULL, and such conditions fold away when the statement is planned.
FAILURES = " + ".join(each for failures, _ in _JUDGED for each in failures)
UNKNOWN = " + ".join(unknown for _, unknown in _JUDGED)
SPEAKS = (
    "(CAST(:languages AS text[]) && e.languages_any_of OR CAST(:languages AS text[]) <@ e.languages_covers) IS TRUE"
)

# From the middle of a cell of the grid, where a location is redacted: locations/tables.py.
KM = """
    12742 * asin(sqrt(least(1.0,
        power(sin(radians(p.approximate_latitude - CAST(:latitude AS double precision)) / 2), 2)
        + cos(radians(CAST(:latitude AS double precision))) * cos(radians(p.approximate_latitude))
        * power(sin(radians(p.approximate_longitude - CAST(:longitude AS double precision)) / 2), 2))))
"""

# The hours of a place that is redacted are nobody's to reckon with, or many questions would tell them.
SCHEDULES = """
    SELECT s.service_id AS id, is_open(s, CAST(:moment AS timestamptz)) AS is_open FROM schedules s
    WHERE s.service_id IN (SELECT id FROM judged)
    UNION ALL
    SELECT l.service_id, is_open(s, CAST(:moment AS timestamptz)) FROM service_at_locations l
    JOIN locations p ON p.id = l.location_id AND NOT p.is_redacted JOIN schedules s ON s.service_at_location_id = l.id
    WHERE l.service_id IN (SELECT id FROM judged)
"""

# Suspended organizations are out at once: the status is read here and nowhere kept. OFFSET 0 keeps the planner from
# judging twice what is both compared and shown.
MATCH = text(f"""
    WITH judged AS MATERIALIZED (
        SELECT e.service_id AS id, e.organization_id, e.conditions, e.failures, {UNKNOWN} AS unknown, {SPEAKS} AS speaks
        FROM (
            SELECT e.*, {FAILURES} AS failures FROM {MATCH_ENTRIES.name} e
            WHERE e.is_active AND e.taxonomy_terms && CAST(:codes AS text[])
                AND (CAST(:area AS text[]) IS NULL OR e.areas && CAST(:areas AS text[]))
            OFFSET 0
        ) e JOIN organizations o ON o.id = e.organization_id
        WHERE e.failures <= 1 AND o.status = 'active'
    ),
    -- Few are held at one moment, so that they are summed up once and not looked for at each capacity.
    held AS MATERIALIZED (
        SELECT capacity_id, sum(quantity) AS quantity FROM holds
        WHERE status = 'held' AND until > statement_timestamp() GROUP BY capacity_id
    ),
    room AS (
        SELECT c.service_id AS id, max(c.maximum - c.confirmed - coalesce(h.quantity, 0)) AS available,
            bool_or(c.maximum - c.confirmed - coalesce(h.quantity, 0) >= :quantity
                AND c.confirm_by >= statement_timestamp()) AS is_fresh
        FROM service_capacities c LEFT JOIN held h ON h.capacity_id = c.id
        WHERE c.service_id IN (SELECT id FROM judged) AND (CAST(:unit AS text) IS NULL OR c.unit = :unit)
        GROUP BY c.service_id
    ),
    places AS (
        SELECT l.service_id AS id, min({KM}) AS km
        FROM service_at_locations l JOIN locations p ON p.id = l.location_id
        WHERE CAST(:latitude AS double precision) IS NOT NULL AND l.service_id IN (SELECT id FROM judged)
        GROUP BY l.service_id
    ),
    hours AS (
        -- One schedule that says open is enough; one that says nothing leaves it open.
        SELECT id,
            CASE WHEN bool_or(is_open) THEN true WHEN bool_or(is_open IS NULL) THEN NULL ELSE false END AS is_open
        FROM ({SCHEDULES}) AS s WHERE CAST(:moment AS timestamptz) IS NOT NULL GROUP BY id
    ),
    found AS (
        SELECT j.id, j.organization_id, coalesce(r.available < :quantity, false) AS is_full, t.is_open,
            j.failures + coalesce(r.available < :quantity, false)::integer + (t.is_open IS FALSE)::integer AS obstacles,
            CASE WHEN j.conditions = 0 THEN :eligibility / 2
                ELSE :eligibility * (j.conditions - j.unknown) / j.conditions END AS eligibility,
            CASE WHEN r.available >= :quantity THEN :room ELSE 0 END AS room,
            CASE WHEN r.is_fresh THEN :fresh ELSE 0 END AS fresh,
            CASE WHEN j.speaks THEN :language ELSE 0 END AS language,
            coalesce((:distance * greatest(0, 1 - p.km / :farthest_km))::integer, 0) AS distance,
            coalesce(:response * a.answered_in_time / a.asked, :response / 2) AS response,
            round(p.km)::integer AS km, a.asked, a.answered_in_time, a.median_minutes
        FROM judged j LEFT JOIN room r ON r.id = j.id LEFT JOIN places p ON p.id = j.id LEFT JOIN hours t ON t.id = j.id
        LEFT JOIN response_records a ON a.organization_id = j.organization_id
    ),
    ranked AS (
        SELECT *, row_number() OVER (
            PARTITION BY obstacles ORDER BY eligibility + room + fresh + language + distance + response DESC, id
        ) AS place
        FROM found WHERE obstacles <= 1
    )
    SELECT r.*, s.name,
        (SELECT coalesce(jsonb_agg(e ORDER BY e.attribute, e.operator), '[]')
            FROM eligibility_conditions e WHERE e.service_id = r.id) AS criteria,
        (SELECT coalesce(jsonb_agg(jsonb_build_object('capacity_id', f.id,
                'service_at_location_id', f.service_at_location_id, 'unit', f.unit, 'available', f.available,
                'is_stale', f.is_stale) ORDER BY f.is_stale, f.available DESC, f.id), '[]')
            FROM capacity_figures f WHERE f.service_id = r.id AND f.available >= :quantity
            AND (CAST(:unit AS text) IS NULL OR f.unit = :unit)) AS capacities,
        (SELECT min(h.until) FROM service_capacities c JOIN holds h ON h.capacity_id = c.id
            WHERE r.is_full AND c.service_id = r.id AND (CAST(:unit AS text) IS NULL OR c.unit = :unit)
            AND h.status = 'held' AND h.until > statement_timestamp()) AS full_until
    FROM ranked r JOIN services s ON s.id = r.id WHERE place <= :limit ORDER BY obstacles, place
""")  # noqa: S608 - constant text


# A plan for any person suits none: what is not known would not fold away, and a few services would be expected where
# thousands are found. After five runs PostgreSQL would take one; over 5,000 services that cost 80 ms instead of 10.
PLAN_ANEW = text("SET LOCAL plan_cache_mode = force_custom_plan")


def parameters(known: Mapping[Attribute, Answer]) -> dict[str, Any]:
    """What is known of the person, as the statement reads it."""
    values: dict[str, Any] = {"areas": ["*"]}
    for attribute in Attribute:
        name, answer = attribute.replace("-", "_"), known.get(attribute)
        if OPERATORS[attribute] & RANGES:
            values[f"{name}_known"] = answer is not None
            values[f"{name}_low"] = answer.low if answer else None
            values[f"{name}_high"] = answer.high if answer else None
        else:
            values[name] = sorted(answer.codes) if answer else None
    values["areas"] += values["area"] or []
    return values


async def match_unscoped(
    session: AsyncSession,
    asked: MatchRequest,
    known: Mapping[Attribute, Answer],
    *,
    codes: Sequence[str],
    weights: Weights,
) -> Sequence[RowMapping]:
    """The best services without an obstacle, and the best with one. What active organizations offer all may see."""
    values = {"codes": list(codes), "unit": asked.unit, "quantity": asked.quantity, "limit": asked.limit}
    values |= {"moment": asked.when, "farthest_km": FARTHEST_KM, **weights._asdict()}
    values |= {"latitude": asked.near and asked.near.latitude, "longitude": asked.near and asked.near.longitude}
    await session.execute(PLAN_ANEW)
    return (await session.execute(MATCH, {**parameters(known), **values})).mappings().all()
