"""What goes over the wire for hearings."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from paivand_contracts.hearings import HearingStatus, HearingType
from paivand_kit.inputs import Input, Line, absent
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ..cases.schemas import Language
from . import zones
from .rules import Action, Arrangement, Attendee, Attention, Interpreter, Measure, MeasureStatus, Outcome, Reason


def _known(name: str) -> str:
    if name not in zones.names():
        raise ValueError("no such IANA time zone")
    return name


def _whole_minutes(moment: datetime) -> datetime:
    if not 2000 <= moment.year <= 2100:
        raise ValueError("name a time between 2000 and 2100")
    if moment.second or moment.microsecond:
        raise ValueError("name a whole minute")
    return moment


StartsAt = Annotated[
    datetime,
    AfterValidator(_whole_minutes),
    Field(
        description="Local time of the court (`2026-12-01T09:30`), or a time with offset. Local time stays "
        "when a country changes its clocks. A time that clocks show twice needs its offset; one that they never show "
        "is refused.",
        examples=["2026-12-01T09:30"],
    ),
]
TimeZone = Annotated[
    str,
    Field(max_length=64, description="IANA time zone of the court.", examples=["Asia/Dushanbe"]),
    AfterValidator(_known),
]
Duration = Annotated[int, Field(ge=5, le=7 * 24 * 60, description="Expected duration in minutes.", examples=[90])]
Court = Annotated[Line, Field(description="The court, as the public knows it.", examples=["Court of Sino district"])]
Room = Annotated[Line, Field(description="The room.", examples=["Room 4"])]
Attendance = Annotated[
    list[Attendee],
    Field(max_length=6, description="Whose attendance is required.", examples=[["person", "lawyer"]]),
]
Measures = Annotated[
    dict[Measure, MeasureStatus],
    Field(
        description="Measures of protection, and what became of each.",
        examples=[{"screen": "granted", "video-link": "asked"}],
    ),
]


class Needs(Input):
    """What the person needs on that day."""

    interpreter: Interpreter = Field(default=Interpreter.NOT_NEEDED, description="Interpreter.", examples=["needed"])
    transport: Arrangement = Field(default=Arrangement.NOT_NEEDED, description="Safe transport.", examples=["arranged"])
    childcare: Arrangement = Field(default=Arrangement.NOT_NEEDED, description="Childcare.", examples=["not-needed"])
    support_person: Arrangement = Field(
        default=Arrangement.NOT_NEEDED, description="Somebody who accompanies the person.", examples=["needed"]
    )


class HearingCreate(Needs):
    """A hearing of a proceeding."""

    proceeding_id: UUID = Field(description="The proceeding.", examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b32"])
    hearing_type: HearingType = Field(description="What it is for.", examples=["testimony"])
    starts_at: StartsAt
    time_zone: TimeZone
    duration_minutes: Duration = 60
    court: Court | None = None
    room: Room | None = None
    attendance: Attendance = []
    language: Language | None = Field(
        default=None, description="Language that the person speaks there (BCP 47).", examples=["tg"]
    )
    measures: Measures = {}
    follows_id: UUID | None = Field(
        default=None,
        description="The adjourned or held hearing that it continues.",
        examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b37"],
    )


class HearingPatch(Input):
    """Changes of a scheduled hearing. Only what is sent changes; a new day is an adjournment."""

    hearing_type: HearingType = absent("What it is for.")
    starts_at: StartsAt = absent("Local time of the court, or a time with offset.")
    time_zone: TimeZone = absent("IANA time zone of the court.")
    duration_minutes: Duration = absent("Expected duration in minutes.")
    court: Court | None = None
    room: Room | None = None
    attendance: Attendance = absent("Whose attendance is required.")
    language: Language | None = Field(default=None, description="Language that the person speaks there (BCP 47).")
    interpreter: Interpreter = absent("Interpreter.")
    transport: Arrangement = absent("Safe transport.")
    childcare: Arrangement = absent("Childcare.")
    support_person: Arrangement = absent("Somebody who accompanies the person.")
    measures: Measures = absent("Measures of protection; replaces all.")


class NextDate(Input):
    """When it goes on. What is not said stays; what was booked must be booked again."""

    starts_at: StartsAt
    time_zone: TimeZone | None = None
    duration_minutes: Duration | None = None
    court: Court | None = None
    room: Room | None = None
    hearing_type: HearingType | None = Field(default=None, description="What it is for.", examples=["judgment"])


class Adjourn(Input):
    """Why it does not take place then, and when it does."""

    reason: Reason = Field(description="Why.", examples=["accused-absent"])
    next: NextDate | None = Field(default=None, description="The new date; without it, none is known yet.")


class Hold(Input):
    """What came of it, and when it goes on."""

    outcome: Outcome = Field(description="What came of it.", examples=["continued"])
    next: NextDate | None = Field(default=None, description="The next date, if the court named one.")


class Reasoned(Input):
    """Why it does not take place."""

    reason: Reason = Field(description="Why.", examples=["settled"])


class Output(BaseModel):
    """Base of all answers."""

    model_config = ConfigDict(from_attributes=True)


class HearingState(Output):
    """What a hearing is, or was after a change."""

    hearing_type: HearingType = Field(description="What it is for.", examples=["testimony"])
    status: HearingStatus = Field(description="Whether it will take place.", examples=["scheduled"])
    starts_at: datetime = Field(description="When it begins (UTC).", examples=["2026-12-01T04:30:00Z"])
    ends_at: datetime = Field(description="When it is expected to end (UTC).", examples=["2026-12-01T06:00:00Z"])
    starts_local: datetime = Field(
        description="What the clock in the courtroom shows then.", examples=["2026-12-01T09:30:00"]
    )
    time_zone: str = Field(description="IANA time zone of the court.", examples=["Asia/Dushanbe"])
    duration_minutes: int = Field(description="Expected duration in minutes.", examples=[90])
    court: str | None = Field(description="The court.", examples=["Court of Sino district"])
    room: str | None = Field(description="The room.", examples=["Room 4"])
    attendance: list[Attendee] = Field(description="Whose attendance is required.", examples=[["person", "lawyer"]])
    language: str | None = Field(description="Language that the person speaks there.", examples=["tg"])
    interpreter: Interpreter = Field(description="Interpreter.", examples=["booked"])
    transport: Arrangement = Field(description="Safe transport.", examples=["arranged"])
    childcare: Arrangement = Field(description="Childcare.", examples=["not-needed"])
    support_person: Arrangement = Field(description="Somebody who accompanies the person.", examples=["arranged"])
    measures: dict[Measure, MeasureStatus] = Field(
        description="Measures of protection.", examples=[{"screen": "granted"}]
    )
    reason: Reason | None = Field(description="Why it did not take place.", examples=["accused-absent"])
    outcome: Outcome | None = Field(description="What came of it.", examples=["continued"])


class Hearing(HearingState):
    """A hearing, for the case's organization and the lawyers of record."""

    id: UUID = Field(description="Id of the hearing.", examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b37"])
    proceeding_id: UUID = Field(description="The proceeding.", examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b32"])
    organization_id: UUID = Field(
        description="The organization that owns the case.", examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b33"]
    )
    case_number: str = Field(description="Number of the pseudonymous case.", examples=["C-7K2M-9QXD-4D"])
    follows_id: UUID | None = Field(
        description="The hearing that it continues.", examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b36"]
    )
    next_hearing_id: UUID | None = Field(
        description="The hearing that continues it.", examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b38"]
    )
    attention: list[Attention] = Field(
        description="What it still lacks, when it is within 72 hours.", examples=[["no-transport"]]
    )
    version: int = Field(description="Rises by one with each change; the ETag.", examples=[1])
    created_at: datetime = Field(description="When it was recorded (UTC).", examples=["2026-11-24T10:00:00Z"])
    updated_at: datetime = Field(description="When it last changed (UTC).", examples=["2026-11-24T10:00:00Z"])


class HearingHistoryEntry(Output):
    """One change of a hearing."""

    version: int = Field(description="The version that it made.", examples=[2])
    action: Action | str = Field(
        description="`schedule`, `change`, `arrange`, an action, or `rezone` when a country changed its clocks.",
        examples=["adjourn"],
    )
    state: HearingState = Field(description="What the hearing was after it.")
    organization_id: UUID | None = Field(
        description="The organization that acted; null for the network itself.",
        examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b33"],
    )
    at: datetime = Field(description="When (UTC).", examples=["2026-11-24T10:00:00Z"])
