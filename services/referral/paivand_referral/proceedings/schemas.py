"""What goes over the wire for proceedings."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from paivand_kit.inputs import Input, Line, absent
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from .rules import Action, Kind, Outcome, PartyRole, PersonRole, Reason, Side, Stage, Status

Authority = Annotated[
    Line,
    Field(description="The court or authority, as the public knows it.", examples=["Court of Sino district, Dushanbe"]),
]
ReportedOn = Annotated[date, Field(ge=date(1990, 1, 1), description="Day of the report.", examples=["2026-11-03"])]


class Party(BaseModel):
    """Somebody else in the proceeding: a code and a part, never a name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str = Field(pattern=r"^P[1-9][0-9]?$", description="Code within the proceeding.", examples=["P1"])
    role: PartyRole = Field(description="Their part.", examples=["accused"])
    side: Side = Field(description="With the person or against.", examples=["opposing"])
    represented_by: UUID | None = Field(
        default=None,
        description="Member organization whose lawyer represents them; it cannot represent both sides.",
        examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b30"],
    )


def _distinct(parties: list[Party]) -> list[Party]:
    if len({party.code for party in parties}) != len(parties):
        raise ValueError("give each party a code of its own")
    return parties


Parties = Annotated[
    list[Party],
    AfterValidator(_distinct),
    Field(
        max_length=30,
        description="Others in the proceeding, by code and part only.",
        examples=[[{"code": "P1", "role": "accused", "side": "opposing"}]],
    ),
]


class ProceedingCreate(Input):
    """A proceeding of one of your cases."""

    case_id: UUID = Field(
        description="One of your organization's cases.", examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b31"]
    )
    kind: Kind = Field(description="The branch of law.", examples=["criminal"])
    stage: Stage = Field(default=Stage.REPORT, description="How far it has come.", examples=["investigation"])
    person_role: PersonRole = Field(description="The person's part in it.", examples=["victim"])
    authority: Authority | None = None
    parties: Parties = []
    reported_on: ReportedOn | None = None


class ProceedingPatch(Input):
    """Changes of the record. Only what is sent changes."""

    stage: Stage = absent("How far it has come.")
    person_role: PersonRole = absent("The person's part in it.")
    authority: Authority | None = None
    parties: Parties = absent("Others in the proceeding; replaces the list.")
    reported_on: ReportedOn | None = None


class Reasoned(Input):
    """Why it pauses or goes on."""

    reason: Reason = Field(description="Why.", examples=["accused-not-found"])


class Close(Input):
    """How it ended."""

    outcome: Outcome = Field(description="How it ended.", examples=["conviction"])


class Output(BaseModel):
    """Base of all answers."""

    model_config = ConfigDict(from_attributes=True)


class Proceeding(Output):
    """A proceeding, for the case's organization and the lawyers of record."""

    id: UUID = Field(description="Id of the proceeding.", examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b32"])
    number: str = Field(description="Number with check character.", examples=["P-7K2M-9QXD-4D"])
    case_id: UUID = Field(description="The case.", examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b31"])
    case_number: str = Field(description="Number of the pseudonymous case.", examples=["C-7K2M-9QXD-4D"])
    organization_id: UUID = Field(
        description="The organization that owns the case.", examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b33"]
    )
    kind: Kind = Field(description="The branch of law.", examples=["criminal"])
    stage: Stage = Field(description="How far it has come.", examples=["trial"])
    person_role: PersonRole = Field(description="The person's part in it.", examples=["victim"])
    authority: str | None = Field(description="The court or authority.", examples=["Court of Sino district, Dushanbe"])
    parties: list[Party] = Field(description="Others in it, by code and part only.")
    status: Status = Field(description="Whether it goes on.", examples=["open"])
    reason: Reason | None = Field(description="Why it pauses or went on.", examples=["reflection-period"])
    outcome: Outcome | None = Field(description="How it ended.", examples=["conviction"])
    reported_on: date | None = Field(description="Day of the report.", examples=["2026-11-03"])
    version: int = Field(description="Rises by one with each change; the ETag.", examples=[3])
    created_at: datetime = Field(description="When it was recorded (UTC).", examples=["2026-11-24T10:00:00Z"])
    updated_at: datetime = Field(description="When it last changed (UTC).", examples=["2026-11-24T10:00:00Z"])


class ProceedingState(Output):
    """What a proceeding was after a change."""

    stage: Stage = Field(description="How far it had come.", examples=["charge"])
    person_role: PersonRole = Field(description="The person's part in it.", examples=["victim"])
    authority: str | None = Field(description="The court or authority.", examples=["Court of Sino district, Dushanbe"])
    parties: list[Party] = Field(description="Others in it.")
    status: Status = Field(description="Whether it went on.", examples=["open"])
    reason: Reason | None = Field(description="Why it paused or went on.", examples=["new-evidence"])
    outcome: Outcome | None = Field(description="How it ended.", examples=["conviction"])
    reported_on: date | None = Field(description="Day of the report.", examples=["2026-11-03"])


class ProceedingHistoryEntry(Output):
    """One change of a proceeding."""

    version: int = Field(description="The version that it made.", examples=[2])
    action: Action | str = Field(description="`create`, `change`, or an action.", examples=["change"])
    state: ProceedingState = Field(description="What the proceeding was after it.")
    organization_id: UUID = Field(
        description="The organization that acted.", examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b33"]
    )
    at: datetime = Field(description="When (UTC).", examples=["2026-11-24T10:00:00Z"])


class LinkPut(Input):
    """How two proceedings stand to each other."""

    side: Side = Field(
        description="`same`: the person of each is on one side; `opposing`: they are against each other, so nobody may "
        "represent both.",
        examples=["opposing"],
    )


class Link(Output):
    """A linked proceeding."""

    linked_id: UUID = Field(description="The other one.", examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b34"])
    side: Side = Field(description="How they stand to each other.", examples=["opposing"])
    created_at: datetime = Field(description="When it was linked (UTC).", examples=["2026-11-24T10:00:00Z"])
