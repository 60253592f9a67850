"""Eligibility on the wire."""

from typing import Annotated
from uuid import UUID

from paivand_contracts.matching import Attribute, Criterion, JudgedCriterion, Profile, Verdict
from paivand_kit.inputs import Input
from pydantic import BaseModel, ConfigDict, Field

UNIQUE = "Each pair of attribute and operator at most once. All must be met."


class StrictCriterion(Criterion):
    """A condition as it is sent: what is not known here is refused, not passed over."""

    model_config = ConfigDict(extra="forbid")


class StrictProfile(Profile):
    """A profile as it is sent: a misspelt field must not become an answer that is missing."""

    model_config = ConfigDict(extra="forbid")


class EligibilityPut(Input):
    """All conditions of a service, its ages among them; they replace what was stated before.

    The ages are those of the service itself (HSDS `minimum_age`, `maximum_age`), so that they stay when no condition on
    age is sent: nobody opens a shelter for adults to children by leaving out a line.
    """

    criteria: Annotated[list[StrictCriterion], Field(max_length=30)] = Field(description=UNIQUE)


class Eligibility(BaseModel):
    """All conditions of a service, its ages among them."""

    service_id: UUID
    criteria: list[Criterion] = Field(description=UNIQUE)
    version: int = Field(description="Rises by one with each change, 0 when nothing was stated yet; the ETag.")


class EligibilityCheck(Input):
    """For whom to judge."""

    profile: StrictProfile


class EligibilityVerdict(BaseModel):
    """Whether a service is for such a person, and why. What is not known is a question, never a no."""

    service_id: UUID
    verdict: Verdict
    criteria: list[JudgedCriterion]
    questions: dict[Attribute, str] = Field(description="What to ask, for the conditions that are not known.")
