"""The SQL of matching: one statement that judges, counts, ranks and explains."""

from collections.abc import Mapping, Sequence
from typing import Any

from paivand_contracts.matching import Attribute
from sqlalchemy import RowMapping, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from ..eligibility.rules import Answer
from .rules import Weights

# Says the same as eligibility/rules.py `verdict`, with NULL for unknown; a test compares them.
VERDICT = """
    CASE
        WHEN p.attribute IS NULL THEN NULL
        WHEN e.operator = 'any-of' THEN p.codes && e.codes
        WHEN e.operator = 'none-of' THEN NOT p.codes && e.codes
        WHEN e.operator = 'covers' THEN p.codes <@ e.codes
        WHEN p.low IS NULL THEN true
        WHEN p.low >= coalesce(e.minimum, 0) AND p.high <= coalesce(e.maximum, p.high) THEN true
        WHEN e.operator = 'all-within' THEN false
        WHEN p.high < coalesce(e.minimum, 0) OR p.low > coalesce(e.maximum, p.low) THEN false
    END
"""

PERSON = "jsonb_to_recordset(:person) AS p (attribute text, codes text[], low integer, high integer)"

# Suspended organizations are out at once: the status is read here and nowhere kept.
MATCH = text(f"""
    WITH person AS MATERIALIZED (SELECT * FROM {PERSON}),
    candidates AS (
        SELECT s.id, s.organization_id, s.name FROM services s JOIN organizations o ON o.id = s.organization_id
        WHERE s.status = 'active' AND o.status = 'active' AND s.taxonomy_terms && CAST(:codes AS text[])
    ),
    verdicts AS MATERIALIZED (
        SELECT c.id, e.attribute, {VERDICT} AS verdict
        FROM candidates c JOIN eligibility_conditions e ON e.service_id = c.id
        LEFT JOIN person p ON p.attribute = e.attribute
    ),
    counted AS (
        SELECT id, count(*) AS conditions,
            count(*) FILTER (WHERE NOT verdict) AS failures,
            count(*) FILTER (WHERE verdict IS NULL) AS unknown,
            -- Who fails two conditions is left out, so there is one at most to name.
            min(attribute) FILTER (WHERE NOT verdict) AS failed,
            count(*) FILTER (WHERE verdict AND attribute = 'languages') AS speaks
        FROM verdicts GROUP BY id
    ),
    judged AS (
        SELECT c.*, coalesce(n.conditions, 0) AS conditions, coalesce(n.failures, 0) AS failures,
            coalesce(n.unknown, 0) AS unknown, n.failed, coalesce(n.speaks, 0) > 0 AS speaks
        FROM candidates c LEFT JOIN counted n ON n.id = c.id WHERE coalesce(n.failures, 0) <= 1
    ),
    room AS (
        SELECT j.id, count(f.id) AS stated, max(f.available) AS available,
            bool_or(f.available >= :quantity AND NOT f.is_stale) AS is_fresh
        FROM judged j LEFT JOIN capacity_figures f
            ON f.service_id = j.id AND (CAST(:unit AS text) IS NULL OR f.unit = :unit)
        GROUP BY j.id
    ),
    found AS (
        SELECT j.id, j.organization_id, j.name, j.failed,
            r.stated > 0 AND r.available < :quantity AS is_full,
            j.failures + (r.stated > 0 AND r.available < :quantity)::integer AS obstacles,
            CASE WHEN j.conditions = 0 THEN :eligibility / 2
                ELSE :eligibility * (j.conditions - j.unknown) / j.conditions END AS eligibility,
            CASE WHEN r.available >= :quantity THEN :room ELSE 0 END AS room,
            CASE WHEN r.is_fresh THEN :fresh ELSE 0 END AS fresh,
            CASE WHEN j.speaks THEN :language ELSE 0 END AS language
        FROM judged j JOIN room r ON r.id = j.id
    ),
    ranked AS (
        SELECT *, row_number() OVER (
            PARTITION BY obstacles ORDER BY eligibility + room + fresh + language DESC, id
        ) AS place
        FROM found WHERE obstacles <= 1
    )
    SELECT r.*,
        (SELECT coalesce(jsonb_agg(e ORDER BY e.attribute, e.operator), '[]')
            FROM eligibility_conditions e WHERE e.service_id = r.id) AS criteria,
        (SELECT coalesce(jsonb_agg(jsonb_build_object('capacity_id', f.id, 'unit', f.unit, 'available', f.available,
                'is_stale', f.is_stale) ORDER BY f.is_stale, f.available DESC, f.id), '[]')
            FROM capacity_figures f WHERE f.service_id = r.id AND f.available >= :quantity
            AND (CAST(:unit AS text) IS NULL OR f.unit = :unit)) AS capacities,
        (SELECT min(h.until) FROM service_capacities c JOIN holds h ON h.capacity_id = c.id
            WHERE r.is_full AND c.service_id = r.id AND (CAST(:unit AS text) IS NULL OR c.unit = :unit)
            AND h.status = 'held' AND h.until > statement_timestamp()) AS full_until
    FROM ranked r WHERE place <= :limit ORDER BY obstacles, place
""").bindparams(bindparam("person", type_=JSONB))  # noqa: S608 - constant text


def person(known: Mapping[Attribute, Answer]) -> list[dict[str, Any]]:
    """What is known of the person, as the statement reads it."""
    return [
        {"attribute": attribute, "codes": sorted(answer.codes), "low": answer.low, "high": answer.high}
        for attribute, answer in known.items()
    ]


async def match_unscoped(
    session: AsyncSession,
    known: Mapping[Attribute, Answer],
    *,
    codes: Sequence[str],
    unit: str | None,
    quantity: int,
    limit: int,
    weights: Weights,
) -> Sequence[RowMapping]:
    """The best services without an obstacle, and the best with one. What active organizations offer all may see."""
    values = {"codes": list(codes), "unit": unit, "quantity": quantity, "limit": limit, **weights._asdict()}
    return (await session.execute(MATCH, {"person": person(known), **values})).mappings().all()
