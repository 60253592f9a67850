"""Use cases of eligibility: stating conditions, and judging by them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from paivand_contracts.matching import Attribute, Criterion, JudgedCriterion, Profile, Verdict
from paivand_contracts.problems import InvalidField, ProblemType
from paivand_kit.caller import Caller
from paivand_kit.preconditions import check_version
from paivand_kit.problems import ProblemError
from sqlalchemy.ext.asyncio import AsyncSession

from ..services import service as services
from . import repository, rules
from .rules import Answer
from .schemas import Eligibility, EligibilityPut, EligibilityVerdict


async def get(session: AsyncSession, caller: Caller, service_id: UUID) -> Eligibility:
    """Raises `not_found` unless the caller can see the service."""
    await services.get(session, caller, service_id)
    version = await repository.version_of(session, service_id)
    conditions = await conditions_unscoped(session, [service_id])
    return Eligibility(service_id=service_id, criteria=conditions[service_id], version=version)


async def put(
    session: AsyncSession, caller: Caller, service_id: UUID, body: EligibilityPut, expected: int | None
) -> Eligibility:
    """States all conditions of a service of the caller's own organization."""
    service = await services.get(session, caller, service_id)
    if service.organization_id != caller.organization():
        raise ProblemError(ProblemType.FORBIDDEN, "Only the organization that offers a service may change it.")
    _check(body.criteria)
    version = await repository.raise_version(session, service_id)
    check_version(expected, version - 1)
    age = next((each for each in body.criteria if each.attribute is Attribute.AGE), None)
    if age is not None:
        await services.state_ages(session, service_id, age.minimum, age.maximum)
    await repository.replace(session, service_id, [each for each in body.criteria if each is not age])
    conditions = await conditions_unscoped(session, [service_id])
    return Eligibility(service_id=service_id, criteria=conditions[service_id], version=version)


async def check(session: AsyncSession, caller: Caller, service_id: UUID, profile: Profile) -> EligibilityVerdict:
    """Judges one service, condition by condition."""
    check_profile(profile, "/profile")
    await services.get(session, caller, service_id)
    conditions = await conditions_unscoped(session, [service_id])
    judged = judge(conditions[service_id], rules.answers(profile))
    return EligibilityVerdict(
        service_id=service_id,
        verdict=rules.together(each.verdict for each in judged),
        criteria=judged,
        questions={each.attribute: each.question for each in judged if each.question},
    )


async def conditions_unscoped(session: AsyncSession, service_ids: Sequence[UUID]) -> Mapping[UUID, list[Criterion]]:
    """The conditions of services that the caller was found to see."""
    found: dict[UUID, list[Criterion]] = defaultdict(list)
    for row in await repository.list_conditions_unscoped(session, service_ids):
        found[row["service_id"]].append(Criterion.model_validate(dict(row)))
    return found


def judge(criteria: Sequence[Criterion], known: Mapping[Attribute, Answer]) -> list[JudgedCriterion]:
    """Each condition with its verdict, and the question that would settle it."""
    judged: list[JudgedCriterion] = []
    for each in criteria:
        verdict = rules.verdict(each, known)
        question = rules.QUESTIONS[each.attribute] if verdict is Verdict.UNKNOWN else None
        judged.append(JudgedCriterion(**each.model_dump(), verdict=verdict, question=question))
    return judged


def check_profile(profile: Profile, pointer: str) -> None:
    """Raises `invalid` for a code that no condition could ever name."""
    faults = [
        InvalidField(pointer=f"{pointer}/{attribute.replace('-', '_')}", rule=fault.rule, detail=fault.detail)
        for attribute, answer in rules.answers(profile).items()
        if (fault := rules.unknown_code(attribute, sorted(answer.codes)))
    ]
    if faults:
        raise ProblemError(ProblemType.INVALID, "A code is not known.", errors=faults)


def _check(criteria: Sequence[Criterion]) -> None:
    faults: list[InvalidField] = []
    seen: set[tuple[str, str]] = set()
    for place, criterion in enumerate(criteria):
        fault = rules.fault_of(criterion)
        if fault is None and (criterion.attribute, criterion.operator) in seen:
            fault = rules.Fault("operator", "repeated", "Put all codes into one condition.")
        seen.add((criterion.attribute, criterion.operator))
        if fault is not None:
            pointer = f"/criteria/{place}/{fault.field}"
            faults.append(InvalidField(pointer=pointer, rule=fault.rule, detail=fault.detail))
    if faults:
        raise ProblemError(ProblemType.INVALID, "A condition makes no sense.", errors=faults)
