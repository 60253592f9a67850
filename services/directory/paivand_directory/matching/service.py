"""The use case of matching: who can take this person now, and why; and who nearly could."""

from collections.abc import Mapping

from paivand_contracts.matching import (
    Attribute,
    Criterion,
    MatchAnswer,
    MatchedCapacity,
    MatchedService,
    MatchRequest,
    ResponseRecord,
)
from paivand_kit.problems import invalid
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from ..eligibility import service as eligibility
from ..eligibility.rules import Answer, answers
from ..taxonomy import service as taxonomy
from . import repository, rules
from .rules import Weights

WEIGHTS = Weights()


async def match(session: AsyncSession, asked: MatchRequest) -> MatchAnswer:
    """One statement finds and explains: the number of services in the directory costs no Python.

    Raises:
        ProblemError: `invalid`, for a need or a code that is not known.
    """
    if taxonomy.unknown_codes([asked.need]):
        raise invalid("/need", "taxonomy_term", "Send a code from /directory/v1/taxonomy_terms.")
    eligibility.check_profile(asked.profile, "/profile")
    known = answers(asked.profile)
    rows = await repository.match_unscoped(
        session, asked, known, codes=taxonomy.with_narrower(asked.need), weights=WEIGHTS
    )
    return MatchAnswer(
        matches=[_explained(row, known) for row in rows if not row["obstacles"]],
        near_misses=[_explained(row, known) for row in rows if row["obstacles"]],
    )


def _explained(row: RowMapping, known: Mapping[Attribute, Answer]) -> MatchedService:
    scores = {name: int(row[name]) for name in Weights._fields}
    criteria = eligibility.judge([Criterion.model_validate(each) for each in row["criteria"]], known)
    obstacles = rules.obstacles(criteria, is_full=row["is_full"], is_open=row["is_open"], full_until=row["full_until"])
    return MatchedService(
        service_id=row["id"],
        organization_id=row["organization_id"],
        name=row["name"],
        score=sum(scores.values()),
        scores=scores,
        criteria=criteria,
        capacities=[MatchedCapacity.model_validate(each) for each in row["capacities"]],
        reasons=list(obstacles),
        explanations=list(obstacles.values()),
        is_open=row["is_open"],
        distance_km=row["km"],
        response=ResponseRecord.model_validate(dict(row)) if row["asked"] else None,
        full_until=row["full_until"],
    )
