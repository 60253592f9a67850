"""Eligibility and matching: the words for who a service is for, and for whom one is looked for. No person is named."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from .capacity import CapacityUnit
from .envelope import Message
from .problems import ProblemType
from .taxonomy import TermCode

Code = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9]+([._-][A-Za-z0-9]+)*$")]
Codes = Annotated[list[Code], Field(max_length=50)]
Age = Annotated[int, Field(ge=0, le=130)]
AREAS = "ISO 3166-2, or a part of it that the network names: TJ-KT-bokhtar lies in TJ-KT, and that in TJ."


class Attribute(StrEnum):
    """What a criterion asks about."""

    AGE = "age"
    GENDER = "gender"
    CHILDREN = "children"
    CHILDREN_AGES = "children-ages"
    LANGUAGES = "languages"
    ACCESSIBILITY = "accessibility"
    CITIZENSHIP = "citizenship"
    RESIDENCE_STATUS = "residence-status"
    DISABILITY = "disability"
    PREGNANT = "pregnant"
    EXPLOITATION = "exploitation"
    RISKS = "risks"
    IDENTIFIED = "identified"
    AREA = "area"
    ORIGIN_AREA = "origin-area"


class Operator(StrEnum):
    """How a criterion compares what is known of the person with what the service says."""

    WITHIN = "within"
    ALL_WITHIN = "all-within"
    ANY_OF = "any-of"
    NONE_OF = "none-of"
    COVERS = "covers"


class Verdict(StrEnum):
    """Three-valued: what is not known is neither yes nor no."""

    MET = "met"
    UNKNOWN = "unknown"
    NOT_MET = "not-met"


class AgeRange(Message):
    """An age, or the band in which it lies."""

    minimum: Age = Field(description="Not younger than this.")
    maximum: Age = Field(description="Not older than this; the same as `minimum` when the age is known.")

    @model_validator(mode="after")
    def _in_order(self) -> "AgeRange":
        if self.minimum > self.maximum:
            raise ValueError("maximum must not be below minimum")
        return self


class Profile(Message):
    """What is known of the person, in codes. What is left out is not known, and becomes a question to ask."""

    age: AgeRange | None = Field(default=None, description="Age or age band.")
    gender: Code | None = Field(default=None, description="FHIR administrative-gender code.", examples=["female"])
    children_ages: list[Age] | None = Field(
        default=None, max_length=20, description="Ages of the children who come along; an empty list: none do."
    )
    languages: Codes | None = Field(default=None, description="Languages spoken (BCP 47).", examples=[["tg", "ru"]])
    accessibility: Codes | None = Field(default=None, description="What the person needs.", examples=[["wheelchair"]])
    citizenship: Codes | None = Field(
        default=None, description="Countries (ISO 3166-1, two letters); an empty list: none.", examples=[["TJ"]]
    )
    residence_status: Code | None = Field(default=None, description="Residence status.", examples=["undocumented"])
    disability: Codes | None = Field(default=None, description="Kinds of disability; an empty list: none.")
    pregnant: bool | None = Field(default=None, description="Whether the person is pregnant.")
    exploitation: Codes | None = Field(default=None, description="Types of exploitation suffered.")
    risks: Codes | None = Field(default=None, description="Risks that some services exclude; an empty list: none.")
    identified: bool | None = Field(default=None, description="Whether the police have identified a victim.")
    area: Code | None = Field(default=None, description=f"Where help is needed. {AREAS}", examples=["TJ-DU"])
    origin_area: Code | None = Field(
        default=None, description=f"Where the person comes from. {AREAS}", examples=["TJ-KT"]
    )


class Criterion(Message):
    """One condition of a service."""

    attribute: Attribute = Field(description="What is asked about.")
    operator: Operator = Field(description="How it is compared.")
    codes: Codes = Field(default=[], description="For any-of, none-of and covers.")
    minimum: Annotated[int, Field(ge=0, le=1000)] | None = Field(default=None, description="For within, all-within.")
    maximum: Annotated[int, Field(ge=0, le=1000)] | None = Field(default=None, description="For within, all-within.")


class JudgedCriterion(Criterion):
    """One condition, and whether the person meets it."""

    verdict: Verdict = Field(description="Whether it is met, as far as is known.")
    question: str | None = Field(default=None, description="What to ask when it is not known.")


class Place(Message):
    """A point on the map."""

    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] = Field(
        description="Degrees north.", examples=[38.56]
    )
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] = Field(
        description="Degrees east.", examples=[68.78]
    )


class MatchRequest(Message):
    """Request: which services can take such a person now, and why."""

    need: TermCode = Field(description="Code of a taxonomy term; narrower terms are found too.", examples=["shelter"])
    profile: Profile = Field(default_factory=Profile, description="What is known of the person.")
    when: AwareDatetime | None = Field(
        default=None,
        description="When help is needed. Who is closed then is a near miss.",
        examples=["2026-11-27T09:00:00Z"],
    )
    near: Place | None = Field(default=None, description="From where distances count; about is enough.")
    unit: CapacityUnit | None = Field(default=None, description="Only room of this unit counts.")
    quantity: Annotated[int, Field(ge=1, le=100)] = Field(default=1, description="How many units are needed.")
    limit: Annotated[int, Field(ge=1, le=50)] = Field(default=20, description="At most so many of each list.")


class MatchedCapacity(Message):
    """Room that a hold can be placed on."""

    capacity_id: UUID = Field(description="Id of the capacity.")
    service_at_location_id: UUID | None = Field(
        default=None, description="The service at a location where the room is; null: at all of its locations."
    )
    unit: CapacityUnit = Field(description="What is counted.")
    available: int = Field(description="How many are free at this moment.")
    is_stale: bool = Field(description="Whether the figures are older than the service promised.")


class ResponseRecord(Message):
    """How an organization answered referrals in the last 90 days. A no is an answer."""

    asked: int = Field(description="How many it was asked for; of fewer than five there is no record.")
    answered_in_time: int = Field(description="How many it answered by the time that their priority sets.")
    median_minutes: int | None = Field(default=None, description="Half of its answers came within so many minutes.")


class MatchedService(Message):
    """A service that was found, and why it stands where it stands."""

    service_id: UUID = Field(description="Id of the service.")
    organization_id: UUID = Field(description="The organization that offers it.")
    name: str = Field(description="Its public name.")
    score: int = Field(description="The sum of `scores`; the list is ordered by it, the best first.")
    scores: dict[str, int] = Field(
        description="What each reason gives: eligibility, room, fresh, language, distance, response."
    )
    criteria: list[JudgedCriterion] = Field(description="Its conditions, one by one.")
    capacities: list[MatchedCapacity] = Field(description="Where there is room. Empty when it states none.")
    reasons: list[str] = Field(
        description="For a near miss: what is in the way.", examples=[["gender"], ["full"], ["closed"]]
    )
    explanations: list[str] = Field(
        default=[],
        description="The reasons in words.",
        examples=[["gender: only male"], ["full until 2026-11-27 10:00 UTC"]],
    )
    is_open: bool | None = Field(
        default=None, description="Whether it is open at `when`; null: not asked, or its hours do not say."
    )
    distance_km: int | None = Field(
        default=None,
        description="From `near`, in a straight line; to the middle of a cell of about 25 km if redacted.",
    )
    response: ResponseRecord | None = Field(default=None, description="How its organization answers; null: too few.")
    full_until: AwareDatetime | None = Field(
        default=None, description="For a full one: when the first hold ends, if nobody confirms it before."
    )


class MatchAnswer(Message):
    """Who can take such a person now, and who nearly could."""

    matches: list[MatchedService] = Field(description="Eligible, as far as is known, and with room.")
    near_misses: list[MatchedService] = Field(
        description="One thing is in the way: a condition, hours, or no room. Who does not serve the area is left out."
    )


class MatchReply(Message):
    """Reply to `MatchRequest`: what was found, or why nothing was looked for."""

    answer: MatchAnswer | None = Field(default=None, description="What was found; absent when refused.")
    problem: ProblemType | None = Field(default=None, description="Why it was refused.")
    detail: str | None = Field(default=None, description="The same in words.")


MATCH = "paivand.directory.request.match.find.v1"
