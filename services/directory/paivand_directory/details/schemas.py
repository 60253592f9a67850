"""Details on the wire, in the fields of HSDS 3.1. A list is sent, and replaced, as a whole."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from paivand_kit.inputs import EmailAddress, Input, Line, Prose, WebAddress
from pydantic import BaseModel, Field, StringConstraints, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

LanguageCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)]
PhoneNumber = Annotated[str, StringConstraints(pattern=r"^[0-9+()./ -]{3,40}$")]
CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
# HSDS wants the offset in the time itself; a closing time before the opening time means the next day.
ClockTime = Annotated[
    str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?(Z|[+-][0-9]{2}:[0-9]{2})?$")
]
Count = Annotated[int, Field(ge=1, le=1000)]
CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


def in_order(end: date | None, info: ValidationInfo, starts: Mapping[str, str]) -> date | None:
    """The end of a period, if its start (`starts`: field of the end -> of the start) is not after it."""
    start = starts[str(info.field_name)]
    first = info.data.get(start)
    if first is not None and end is not None and end < first:
        raise PydanticCustomError(
            "period", "The {end} must not be before {start}.", {"start": start, "end": info.field_name}
        )
    return end


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

    @field_validator("valid_to", "until")
    @classmethod
    def ends_after_its_start(cls, end: date | None, info: ValidationInfo) -> date | None:
        """A period that ends before it starts is a mistake, not an empty one."""
        return in_order(end, info, {"valid_to": "valid_from", "until": "dtstart"})


class CostOptionInput(Input):
    """What it costs the person (HSDS `cost_option`)."""

    valid_from: date | None = Field(default=None, description="First day of this price.", examples=["2026-01-01"])
    valid_to: date | None = Field(default=None, description="Last day of this price.", examples=["2026-12-31"])
    option: Line | None = Field(default=None, description="For whom this price is.", examples=["Students"])
    currency: CurrencyCode | None = Field(default=None, description="ISO 4217 code.", examples=["TJS"])
    amount: Decimal | None = Field(default=None, ge=0, le=10**9, description="The price.", examples=[5.5])
    amount_description: Prose | None = Field(
        default=None, description="What the price is for.", examples=["For one hour"]
    )

    @field_validator("valid_to")
    @classmethod
    def ends_after_its_start(cls, end: date | None, info: ValidationInfo) -> date | None:
        """As with schedules."""
        return in_order(end, info, {"valid_to": "valid_from"})


class RequiredDocumentInput(Input):
    """What the person must bring (HSDS `required_document`)."""

    document: Line = Field(description="The document.", examples=["Any proof of age"])
    uri: WebAddress | None = Field(
        default=None, description="Where it is described.", examples=["https://example.org/papers"]
    )


class ServiceAreaInput(Input):
    """Where people are served, not where the service is (HSDS `service_area`)."""

    name: Line | None = Field(default=None, description="Name of the area.", examples=["Khatlon"])
    description: Prose | None = Field(default=None, description="The area in words.", examples=["The whole region"])
    extent: Prose | None = Field(default=None, description="The area in the form of `extent_type`.", examples=["TJ-KT"])
    extent_type: Line | None = Field(default=None, description="Form of `extent`.", examples=["text"])
    uri: WebAddress | None = Field(
        default=None, description="Where it is defined.", examples=["https://example.org/KT"]
    )


class UrlInput(Input):
    """A further web address (HSDS `url`)."""

    label: Line | None = Field(default=None, description="What is there.", examples=["Application form"])
    url: WebAddress = Field(description="The address.", examples=["https://example.org/form"])


class FundingInput(Input):
    """Who pays for it (HSDS `funding`)."""

    source: Line = Field(description="The source.", examples=["Ministry of Labour"])


class OrganizationIdentifierInput(Input):
    """What others call the organization (HSDS `organization_identifier`)."""

    identifier_scheme: Line | None = Field(
        default=None, description="Scheme, e.g. of org-id.guide.", examples=["TJ-MJ"]
    )
    identifier_type: Line = Field(description="Kind of identifier.", examples=["Register of legal persons"])
    identifier: Line = Field(description="The identifier.", examples=["0240012345"])


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


class CostOption(BaseModel):
    """What it costs the person."""

    id: UUID
    valid_from: date | None
    valid_to: date | None
    option: str | None
    currency: str | None
    amount: float | None
    amount_description: str | None


class RequiredDocument(BaseModel):
    """What the person must bring."""

    id: UUID
    document: str | None
    uri: str | None


class ServiceArea(BaseModel):
    """Where people are served."""

    id: UUID
    name: str | None
    description: str | None
    extent: str | None
    extent_type: str | None
    uri: str | None


class Url(BaseModel):
    """A further web address."""

    id: UUID
    label: str | None
    url: str


class Funding(BaseModel):
    """Who pays for it."""

    id: UUID
    source: str | None


class OrganizationIdentifier(BaseModel):
    """What others call the organization."""

    id: UUID
    identifier_scheme: str | None
    identifier_type: str
    identifier: str
