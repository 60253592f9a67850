"""Taxonomy terms on the wire (HSDS `taxonomy_term`)."""

from uuid import UUID

from pydantic import BaseModel, Field


class Names(BaseModel):
    """The name of a term by language (ISO 639-1)."""

    en: str
    ru: str
    tg: str


class TermMapping(BaseModel):
    """What another taxonomy calls it."""

    system: str = Field(
        description="The taxonomy, by its URI.", examples=["https://github.com/auntbertha/openeligibility"]
    )
    code: str = Field(description="The code there.", examples=["human_services:housing:emergency_shelter"])
    display: str = Field(description="The name there.", examples=["Emergency Shelter"])
    relationship: str = Field(
        description="How ours stands to theirs (FHIR concept map relationship).", examples=["equivalent"]
    )


class TaxonomyTerm(BaseModel):
    """A term by which services are found and needs are named. Refer to it by its code."""

    id: UUID
    code: str = Field(examples=["emergency-shelter"])
    name: str = Field(description="The name in English.")
    names: Names
    description: str
    parent_id: UUID | None = Field(description="The broader term; a search for it finds this one too.")
    taxonomy: str = Field(description="The taxonomy that the code belongs to.")
    mappings: list[TermMapping] = Field(description="Open Eligibility and HL7 SDOH categories, where one fits.")
