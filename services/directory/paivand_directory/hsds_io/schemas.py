"""What a row of a feed must be: one closed model per kind, made from the columns of its table."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from paivand_kit.inputs import SOME_LINES, EmailAddress, Line, WebAddress
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, create_model
from sqlalchemy import Boolean, Date, Double, Integer, Numeric, Uuid

from ..capacity.schemas import Count
from ..details.schemas import Frequency, PlaceType, WeekDay
from .kinds import ALL, Kind

Text = Annotated[str, StringConstraints(min_length=1, max_length=10_000, pattern=SOME_LINES)]
ServiceStatus = Literal["active", "inactive", "defunct", "temporarily closed"]
TYPES: dict[type, Any] = {Uuid: UUID, Date: date, Integer: int, Numeric: Decimal, Double: float, Boolean: bool}
SPECIAL: dict[str, Any] = {
    "email": EmailAddress,
    "assurer_email": EmailAddress,
    **dict.fromkeys(("url", "website", "uri", "logo", "term_uri", "schedule_link"), WebAddress),
    "location_type": PlaceType,
    "address_type": PlaceType,
    "wkst": WeekDay,
    "freq": Frequency,
    "minimum_age": Annotated[int, Field(ge=0, le=130)],
    "maximum_age": Annotated[int, Field(ge=0, le=130)],
    "latitude": Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)],
    "longitude": Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)],
    "year_incorporated": Annotated[int, Field(ge=0, le=9999)],
}
# What we keep for ourselves; `organization_id` of a service at a location is that of its service.
OURS = {"version", "last_modified", "search", "taxonomy_terms", "approximate_latitude", "approximate_longitude"}
ORDERED = (("valid_from", "valid_to"), ("dtstart", "until"), ("minimum_age", "maximum_age"))


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a feed, and where. Never the value: it may be what must not be told."""

    file: str
    where: str
    field: str
    rule: str
    detail: str

    def __str__(self) -> str:
        return f"{self.file}:{self.where}: {self.field}: {self.detail} ({self.rule})"


class ServiceCapacity(BaseModel):
    """HSDS `service_capacity`; here a capacity is kept in other columns. `unit` is found out from `unit_id`."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True, coerce_numbers_to_str=True)

    id: UUID
    service_id: UUID
    unit_id: UUID
    available: Count
    maximum: Count | None = None
    description: Line | None = None
    updated: AwareDatetime | None = None
    unit: str | None = None


def fields_of(kind: Kind) -> list[str]:
    """Names of what a feed may say of this kind."""
    if kind.name == "service_capacity":
        return [name for name in ServiceCapacity.model_fields if name != "unit"]
    return list(columns_of(kind))


def columns_of(kind: Kind) -> dict[str, Any]:
    """Name -> column of what a feed may say of a kind that is kept as HSDS says it."""
    hidden = OURS | {"organization": {"status", "is_vetted"}, "service_at_location": {"organization_id"}}.get(
        kind.name, set()
    )
    return {column.name: column for column in kind.table.__table__.columns if column.name not in hidden}


def _model(kind: Kind) -> type[BaseModel]:
    if kind.name == "service_capacity":
        return ServiceCapacity
    fields: dict[str, Any] = {}
    for name, column in columns_of(kind).items():
        wanted = SPECIAL.get(name) or TYPES.get(_type_of(column), Text)
        if kind.name == "service" and name == "status":
            wanted = ServiceStatus
        is_needed = not column.nullable and name not in ("is_redacted",)
        fields[name] = (wanted, ...) if is_needed else (wanted | None, None)
    config = ConfigDict(extra="ignore", str_strip_whitespace=True, coerce_numbers_to_str=True)
    return create_model(kind.name, __config__=config, **fields)


def _type_of(column: Any) -> type:
    return next((each for each in TYPES if isinstance(column.type, each)), str)


MODELS = {kind.name: _model(kind) for kind in ALL}


def checked(kind: Kind, values: dict[str, Any]) -> tuple[BaseModel | None, list[tuple[str, str, str]]]:
    """The row, if it is one; what is wrong with it, as (field, rule, detail)."""
    try:
        row = MODELS[kind.name].model_validate(values)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        return None, [(".".join(map(str, each["loc"])), each["type"], each["msg"]) for each in found]
    wrong = [
        (last, "order", f"must not be below {first}")
        for first, last in ORDERED
        if None not in (low := getattr(row, first, None), high := getattr(row, last, None)) and high < low  # pyright: ignore[reportOptionalOperand] - checked
    ]
    most = getattr(row, "maximum", None)
    if most is not None and getattr(row, "available", 0) > most:
        wrong.append(("available", "above_maximum", "must not be above maximum"))
    if (getattr(row, "latitude", None) is None) != (getattr(row, "longitude", None) is None):
        wrong.append(("longitude", "coordinates", "latitude and longitude go together"))
    return (None, wrong) if wrong else (row, [])
