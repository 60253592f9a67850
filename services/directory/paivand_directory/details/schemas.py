"""Details on the wire, in the fields of HSDS 3.1. A list is sent, and replaced, as a whole."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from paivand_kit.inputs import EmailAddress, Input, Line, Prose, WebAddress
from pydantic import BaseModel, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

LanguageCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)]
PhoneNumber = Annotated[str, StringConstraints(pattern=r"^[0-9+()./ -]{3,40}$")]
CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
# HSDS wants the offset in the time itself; a closing time before the opening time means the next day.
ClockTime = Annotated[
    str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?(Z|[+-][0-9]{2}:[0-9]{2})?$")
]
Count = Annotated[int, Field(ge=1, le=1000)]


class PlaceType(StrEnum):
    """HSDS `location_type` and `address_type`."""

    PHYSICAL = "physical"
    POSTAL = "postal"
    VIRTUAL = "virtual"


class WeekDay(StrEnum):
    """RFC 5545 weekday."""

    MONDAY = "MO"
    TUESDAY = "TU"
    WEDNESDAY = "WE"
    THURSDAY = "TH"
    FRIDAY = "FR"
    SATURDAY = "SA"
    SUNDAY = "SU"


class Frequency(StrEnum):
    """How often a schedule repeats."""

    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"


class LanguageInput(Input):
    """A language that is spoken."""

    code: LanguageCode = Field(description="ISO 639 code.", examples=["tg"])
    name: Line | None = None
    note: Prose | None = None


class PhoneInput(Input):
    """A number to call."""

    number: PhoneNumber = Field(examples=["+992 44 600 00 00"])
    extension: int | None = Field(default=None, ge=0, le=10**9)
    type: Line | None = Field(default=None, description="voice, text, fax, … (HSDS `phone.type`).")
    description: Prose | None = None
    languages: list[LanguageInput] = Field(default=[], max_length=20)


class AddressInput(Input):
    """An address."""

    address_1: Line
    city: Line
    state_province: Line
    postal_code: Line
    country: CountryCode = Field(examples=["TJ"])
    address_type: PlaceType = PlaceType.PHYSICAL
    attention: Line | None = None
    address_2: Line | None = None
    region: Line | None = None


class AccessibilityInput(Input):
    """What makes the place usable, e.g. with a wheelchair."""

    description: Prose | None = None
    details: Prose | None = None
    url: WebAddress | None = None


class ContactInput(Input):
    """Somebody who answers at work."""

    name: Line | None = None
    title: Line | None = None
    department: Line | None = None
    email: EmailAddress | None = None
    phones: list[PhoneInput] = Field(default=[], max_length=10)


class ScheduleInput(Input):
    """When it is open (RFC 5545). A `closes_at` before `opens_at` is on the next day."""

    valid_from: date | None = None
    valid_to: date | None = None
    dtstart: date | None = None
    until: date | None = None
    timezone: Decimal | None = Field(default=None, ge=-12, le=14, description="Hours from UTC.")
    count: Count | None = None
    interval: Count | None = None
    wkst: WeekDay | None = None
    freq: Frequency | None = None
    byday: Line | None = Field(default=None, examples=["MO,TU,WE"])
    byweekno: Line | None = None
    bymonthday: Line | None = None
    byyearday: Line | None = None
    description: Prose | None = None
    opens_at: ClockTime | None = Field(default=None, examples=["09:00+05:00"])
    closes_at: ClockTime | None = Field(default=None, examples=["17:00+05:00"])
    schedule_link: WebAddress | None = None
    attending_type: Line | None = None
    notes: Prose | None = None

    @model_validator(mode="after")
    def ends_after_its_start(self) -> Self:
        """A period that ends before it starts is a mistake, not an empty one."""
        for start, end in (("valid_from", "valid_to"), ("dtstart", "until")):
            first, last = getattr(self, start), getattr(self, end)
            if first is not None and last is not None and last < first:
                raise PydanticCustomError(
                    "period", "The {end} must not be before {start}.", {"start": start, "end": end}
                )
        return self


class Language(BaseModel):
    """A language that is spoken."""

    id: UUID
    code: str | None
    name: str | None
    note: str | None


class Phone(BaseModel):
    """A number to call."""

    id: UUID
    number: str
    extension: int | None
    type: str | None
    description: str | None
    languages: list[Language]


class Address(BaseModel):
    """An address."""

    id: UUID
    attention: str | None
    address_1: str
    address_2: str | None
    city: str
    region: str | None
    state_province: str
    postal_code: str
    country: str
    address_type: PlaceType


class Accessibility(BaseModel):
    """What makes the place usable."""

    id: UUID
    description: str | None
    details: str | None
    url: str | None


class Contact(BaseModel):
    """Somebody who answers at work."""

    id: UUID
    name: str | None
    title: str | None
    department: str | None
    email: str | None
    phones: list[Phone]


class Schedule(BaseModel):
    """When it is open (RFC 5545)."""

    id: UUID
    valid_from: date | None
    valid_to: date | None
    dtstart: date | None
    until: date | None
    timezone: float | None
    count: int | None
    interval: int | None
    wkst: WeekDay | None
    freq: Frequency | None
    byday: str | None
    byweekno: str | None
    bymonthday: str | None
    byyearday: str | None
    description: str | None
    opens_at: str | None
    closes_at: str | None
    schedule_link: str | None
    attending_type: str | None
    notes: str | None
