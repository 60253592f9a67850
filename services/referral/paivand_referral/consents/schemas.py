"""What goes over the wire for consents."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from paivand_kit.inputs import Input, distinct
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from ..cases.schemas import Language
from .rules import Assent, Category, ConsentEnd, ConsentStatus, GivenBy, Method, Purpose, RecipientType

# Years that PostgreSQL and JSON write differently would make a record that nobody can read.
Moment = Annotated[AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC))]
# The number of a form or a file, and nothing that a name could be written into.
Evidence = Annotated[str, Field(max_length=60, pattern=r"^[A-Za-z0-9]+([./_-][A-Za-z0-9]+)*$")]


class Recipient(Input):
    """Who may be told: a whole organization, or one service."""

    type: RecipientType = Field(description="What the id names.", examples=["organization"])
    id: UUID = Field(description="An active organization or service of the directory.")


class ConsentCreate(Input):
    """What a person agreed to, after it was explained to them."""

    purposes: Annotated[list[Purpose], AfterValidator(distinct), Field(min_length=1)] = Field(
        description="`referral`: to ask the recipients for help. `onward-referral`: a recipient may pass the request "
        "on to another service of the network.",
        examples=[["referral"]],
    )
    categories: Annotated[list[Category], AfterValidator(distinct), Field(min_length=1)] = Field(
        description="`profile`: the case without names. `summary`: what you write for the service. `identity`: who "
        "the person is.",
        examples=[["profile", "summary"]],
    )
    recipients: Annotated[list[Recipient], AfterValidator(distinct), Field(min_length=1, max_length=50)] = Field(
        description="Who may be told."
    )
    language: Language = Field(description="Language in which it was explained (BCP 47 tag).", examples=["tg"])
    method: Method = Field(description="How it was given.", examples=["written"])
    given_by: GivenBy = Field(description="Who agreed. For a child never `person`.", examples=["person"])
    assent: Assent | None = Field(
        default=None,
        description="What the person themself says to it; needed when somebody else agreed. Who says no has not "
        "agreed: record nothing. `not-able`: too young or too ill to be asked.",
        examples=["given"],
    )
    evidence: Evidence | None = Field(
        default=None, description="Number of the form or file that shows it. No names.", examples=["F-2026/117"]
    )
    given_at: Moment = Field(description="When the person agreed (RFC 3339); not in the future.")
    valid_from: Moment | None = Field(default=None, description="From when it holds; without it from `given_at`.")
    valid_until: Moment | None = Field(
        default=None, description="Until when it holds; without it until it is withdrawn."
    )


class Consent(BaseModel):
    """A consent as recorded (FHIR Consent)."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID = Field(description="Id of the consent; a referral names it as `consent_id`.")
    case_id: UUID = Field(description="The case whose person agreed.")
    status: ConsentStatus = Field(description="`inactive` once withdrawn or expired.", examples=["active"])
    purposes: list[Purpose] = Field(description="What the data may be used for.", examples=[["referral"]])
    categories: list[Category] = Field(description="Which data may be shown.", examples=[["profile", "summary"]])
    recipients: list[Recipient] = Field(description="Who may be told.")
    language: str | None = Field(description="Null when it came with a referral and was not stated.", examples=["tg"])
    method: Method | None = Field(description="Null when it was not stated.", examples=["written"])
    given_by: GivenBy | None = Field(description="Null when it was not stated.", examples=["person"])
    assent: Assent | None = Field(description="What the person said, when somebody else agreed.", examples=["given"])
    evidence: str | None = Field(description="Number of the form or file that shows it.", examples=["F-2026/117"])
    given_at: datetime = Field(description="When the person agreed (UTC).")
    valid_from: datetime = Field(description="From when it holds (UTC).")
    valid_until: datetime | None = Field(description="Until when; null: until it is withdrawn.")
    created_at: datetime = Field(description="When it was recorded (UTC).")
    recorded_by: str = Field(description="Subject id of the account that recorded it.", examples=["b0a1…"])
    ended_at: datetime | None = Field(description="When it became inactive (UTC).")
    ended_as: ConsentEnd | None = Field(description="Why it is inactive.", examples=["withdrawn"])
    version: int = Field(description="Also the ETag.", examples=[1])
