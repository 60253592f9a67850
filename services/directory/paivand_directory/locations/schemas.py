"""Locations on the wire (HSDS `location`, and what a confidential one shows of itself)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from paivand_kit.inputs import Input, Line, Prose, WebAddress, absent
from pydantic import BaseModel, Field

from ..details.schemas import (
    Accessibility,
    AccessibilityInput,
    Address,
    AddressInput,
    Contact,
    ContactInput,
    CountryCode,
    Language,
    LanguageInput,
    Phone,
    PhoneInput,
    PlaceType,
    Schedule,
    ScheduleInput,
)

Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Addresses = Annotated[list[AddressInput], Field(max_length=20)]
Phones = Annotated[list[PhoneInput], Field(max_length=20)]
Languages = Annotated[list[LanguageInput], Field(max_length=50)]
AccessibilityList = Annotated[list[AccessibilityInput], Field(max_length=20)]
Contacts = Annotated[list[ContactInput], Field(max_length=20)]
Schedules = Annotated[list[ScheduleInput], Field(max_length=50)]

REDACTED = (
    "A redacted location shows other organizations its country, region and district, and a distance to the middle of a"
    " cell of about 25 km; never name, texts, address, coordinates, phones, contacts or hours."
)
OPEN = "All members can read it, of a redacted location too."


class LocationCreate(Input):
    """A location of the caller's organization. It is redacted unless the manager says otherwise."""

    location_type: PlaceType
    is_redacted: bool = Field(default=True, description=REDACTED)
    region: Line = Field(description=OPEN, examples=["Khatlon"])
    district: Line | None = Field(default=None, description=OPEN, examples=["Bokhtar"])
    country: CountryCode | None = Field(default=None, description=OPEN, examples=["TJ"])
    name: Line | None = None
    alternate_name: Line | None = None
    description: Prose | None = None
    transportation: Prose | None = None
    url: WebAddress | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    external_identifier: Line | None = None
    external_identifier_type: Line | None = None
    addresses: Addresses = []
    phones: Phones = []
    languages: Languages = []
    accessibility: AccessibilityList = []
    contacts: Contacts = []
    schedules: Schedules = []


class LocationPatch(Input):
    """The fields to change; null clears one that may be empty; a list replaces the whole list."""

    location_type: PlaceType = absent()
    is_redacted: bool = absent(REDACTED)
    region: Line = absent(OPEN)
    district: Line | None = absent(OPEN)
    country: CountryCode | None = absent(OPEN)
    name: Line | None = absent()
    alternate_name: Line | None = absent()
    description: Prose | None = absent()
    transportation: Prose | None = absent()
    url: WebAddress | None = absent()
    latitude: Latitude | None = absent()
    longitude: Longitude | None = absent()
    external_identifier: Line | None = absent()
    external_identifier_type: Line | None = absent()
    addresses: Addresses = absent()
    phones: Phones = absent()
    languages: Languages = absent()
    accessibility: AccessibilityList = absent()
    contacts: Contacts = absent()
    schedules: Schedules = absent()


class Location(BaseModel):
    """A location, as far as the caller may see it."""

    id: UUID
    organization_id: UUID
    location_type: PlaceType
    is_redacted: bool = Field(description=REDACTED)
    country: str | None
    region: str | None
    district: str | None
    name: str | None
    alternate_name: str | None
    description: str | None
    transportation: str | None
    url: str | None
    latitude: float | None
    longitude: float | None
    external_identifier: str | None
    external_identifier_type: str | None
    addresses: list[Address]
    phones: list[Phone]
    languages: list[Language]
    accessibility: list[Accessibility]
    contacts: list[Contact]
    schedules: list[Schedule]
    version: int = Field(description="Rises by one with each change; the ETag.")
    last_modified: datetime


class NearbyQuery(Input):
    """From where to look. In a body, since it tells where somebody is."""

    latitude: Latitude
    longitude: Longitude
    within_km: float = Field(default=100, gt=0, le=2000, allow_inf_nan=False)
    limit: int = Field(default=50, ge=1, le=200)


class NearbyLocation(BaseModel):
    """A location and how far it is."""

    location: Location
    distance_km: float = Field(description="In a straight line; of a redacted location, to the middle of its cell.")


class NearbyLocations(BaseModel):
    """The nearest first."""

    items: list[NearbyLocation]
