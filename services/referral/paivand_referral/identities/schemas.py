"""What goes over the wire for identities. It is stored as one sealed document."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from paivand_kit.inputs import Input, Line, Prose
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from ..cases.schemas import Case


class NameUse(StrEnum):
    """FHIR name-use codes."""

    OFFICIAL = "official"
    USUAL = "usual"
    NICKNAME = "nickname"
    OLD = "old"
    MAIDEN = "maiden"
    ANONYMOUS = "anonymous"


class ContactSystem(StrEnum):
    """FHIR contact-point-system codes."""

    PHONE = "phone"
    SMS = "sms"
    EMAIL = "email"
    URL = "url"
    OTHER = "other"


class ContactWay(StrEnum):
    """How a person may be reached without danger."""

    CALL = "call"
    TEXT_MESSAGE = "text-message"
    MESSENGER = "messenger"
    EMAIL = "email"
    LETTER = "letter"
    VISIT = "visit"
    THROUGH_SOMEBODY = "through-somebody"


class DocumentType(StrEnum):
    """What a document is."""

    PASSPORT = "passport"
    NATIONAL_ID = "national-id"
    BIRTH_CERTIFICATE = "birth-certificate"
    RESIDENCE_PERMIT = "residence-permit"
    TRAVEL_DOCUMENT = "travel-document"
    OTHER = "other"


def _real_day(value: str) -> str:
    if len(value) == len("2006-01-02"):
        date.fromisoformat(value)
    return value


PartialDate = Annotated[
    str, StringConstraints(pattern=r"^[12][0-9]{3}(-[0-9]{2}(-[0-9]{2})?)?$"), AfterValidator(_real_day)
]


class Name(Input):
    """A name as it is written, and in Latin letters."""

    use: NameUse = Field(default=NameUse.OFFICIAL, description="FHIR name-use.")
    text: Line = Field(description="The whole name, as the person writes it.", examples=["Зарина Раҳимова"])
    script: Annotated[str, StringConstraints(pattern="^[A-Z][a-z]{3}$")] | None = Field(
        default=None, description="Script of `text` (ISO 15924).", examples=["Cyrl"]
    )
    latin: Line | None = Field(
        default=None, description="The name in Latin letters, as in a document.", examples=["Zarina Rahimova"]
    )


class SafeContact(Input):
    """How this contact may be used without danger to the person."""

    is_safe: bool = Field(description="False: never use it. It is kept so that nobody tries it.", examples=[True])
    when: Line | None = Field(default=None, description="When.", examples=["Weekdays 10-12, he is at work"])
    how: Annotated[list[ContactWay], Field(max_length=7)] = Field(
        default=[], description="In which ways; empty: only as the system says.", examples=[["text-message"]]
    )
    who_answers: Line | None = Field(default=None, description="Who may answer.", examples=["Her sister; trusted"])
    introduce_as: Line | None = Field(default=None, description="Who to say you are.", examples=["The dentist"])
    never_say: Annotated[list[Line], Field(max_length=20)] = Field(
        default=[], description="Words never to say or write there.", examples=[["shelter", "police"]]
    )
    may_leave_message: bool = Field(default=False, description="Whether a message may be left.", examples=[False])


class Contact(Input):
    """A way to reach the person. Its safety must be said."""

    system: ContactSystem = Field(description="FHIR contact-point-system.", examples=["phone"])
    value: Line = Field(description="The number or address.", examples=["+992 90 123 45 67"])
    whose: Line | None = Field(default=None, description="Whose it is, when not the person's own.", examples=["Sister"])
    safety: SafeContact = Field(description="How it may be used without danger.")


class Document(Input):
    """A document of the person."""

    type: DocumentType = Field(description="What it is.", examples=["passport"])
    number: Line = Field(description="Its number.", examples=["A 1234567"])
    country: Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")] | None = Field(
        default=None, description="Who issued it (ISO 3166-1 alpha-2).", examples=["TJ"]
    )
    issued_on: date | None = Field(default=None, description="Day of issue.", examples=["2019-05-02"])
    expires_on: date | None = Field(default=None, description="Last day of validity.", examples=["2029-05-01"])


class IdentityPut(Input):
    """Who the person is: replaces what was there."""

    names: Annotated[list[Name], Field(max_length=20)] = Field(default=[], description="Names, the usual one first.")
    date_of_birth: PartialDate | None = Field(
        default=None, description="Day, month or year, as far as known.", examples=["2006-01-02"]
    )
    contacts: Annotated[list[Contact], Field(max_length=20)] = Field(
        default=[], description="Ways to reach the person."
    )
    documents: Annotated[list[Document], Field(max_length=20)] = Field(default=[], description="Documents.")
    notes: Prose | None = Field(default=None, description="What else tells who the person is.", examples=["A scar."])


class Identity(IdentityPut):
    """Who the person of a case is. Empty, with version 0, until somebody has written it."""

    model_config = ConfigDict(extra="ignore")

    case_id: UUID = Field(description="Id of the case.")
    version: int = Field(description="Rises by one with each change; also the ETag.", examples=[1])
    updated_at: datetime | None = Field(
        description="When it was last written (UTC).", examples=["2026-11-24T10:00:00Z"]
    )


class IdentityReceipt(BaseModel):
    """That an identity was written. It does not repeat it: reading needs a fresh sign-in."""

    case_id: UUID = Field(description="Id of the case.")
    version: int = Field(description="The new version; also the ETag.", examples=[1])
    updated_at: datetime = Field(description="When it was written (UTC).", examples=["2026-11-24T10:00:00Z"])


class PersonQuery(Input):
    """Whom to look for. All that is given must match."""

    name: Line | None = Field(
        default=None, description="Parts of a name, in any order, script and spelling.", examples=["Rahimova Zarina"]
    )
    date_of_birth: PartialDate | None = Field(default=None, description="As written.", examples=["2006-01-02"])
    document_number: Line | None = Field(default=None, description="With or without spaces.", examples=["A1234567"])
    phone: Line | None = Field(default=None, description="With or without country code.", examples=["901234567"])

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if not self.model_dump(exclude_none=True):
            raise ValueError("say at least one thing to look for")
        return self


class Match(StrEnum):
    """How surely a case fits."""

    EXACT = "exact"
    PHONETIC = "phonetic"


class FoundCase(Case):
    """A case whose person fits."""

    match: Match = Field(description="`exact`: spelling aside. `phonetic`: a part of the name only sounds alike.")
