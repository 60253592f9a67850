"""What goes over the wire for cases."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from paivand_contracts.taxonomy import KnownTermCode
from paivand_kit.inputs import Input, distinct
from pydantic import AfterValidator, BaseModel, ConfigDict, Field


class AgeBand(StrEnum):
    """Age in bands, so that a case stays pseudonymous."""

    CHILD_0_11 = "0-11"
    CHILD_12_17 = "12-17"
    ADULT_18_24 = "18-24"
    ADULT_25_59 = "25-59"
    OLDER_60 = "60+"
    UNKNOWN = "unknown"


class Gender(StrEnum):
    """FHIR administrative-gender codes."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)]
Languages = Annotated[
    list[Language],
    AfterValidator(distinct),
    Field(max_length=10, description="Languages the person speaks, best first (BCP 47 tags).", examples=[["tg", "ru"]]),
]
Needs = Annotated[
    list[KnownTermCode],
    AfterValidator(distinct),
    Field(
        min_length=1,
        max_length=20,
        description="Codes of taxonomy terms (`/directory/v1/taxonomy_terms`).",
        examples=[["legal-representation", "shelter"]],
    ),
]


class CaseCreate(Input):
    """A new case. There is no field for a name, and none may be added."""

    age_band: AgeBand = Field(description="Age of the person, in bands.")
    gender: Gender = Field(description="Gender as the person states it.")
    languages: Languages = []
    needs: Needs


class CaseProfile(BaseModel):
    """What the parties of a referral see of a case."""

    number: str = Field(description="Case number with check character, safe to read on the phone.")
    age_band: AgeBand = Field(description="Age of the person, in bands.")
    gender: Gender = Field(description="Gender as the person states it.")
    languages: list[str] = Field(description="Languages the person speaks, best first (BCP 47 tags).")
    needs: list[str] = Field(description="Codes of taxonomy terms.")


class Case(CaseProfile):
    """A case, for the organization that owns it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID = Field(description="Id of the case.")
    created_at: datetime = Field(description="When it was opened (UTC).")
