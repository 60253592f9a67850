"""What goes over the wire for court files."""

from uuid import UUID

from paivand_kit.inputs import Input, Line
from pydantic import BaseModel, Field


class CourtFilePut(Input):
    """Under which number which court keeps the proceeding."""

    court: Line = Field(description="The court, as its own lists name it.", examples=["Court of Sino district"])
    number: Line = Field(description="The court's file number. It is sealed.", examples=["1-482/2026"])


class CourtFile(BaseModel):
    """Under which number which court keeps the proceeding."""

    proceeding_id: UUID = Field(description="The proceeding.", examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b32"])
    court: str = Field(description="The court, as its own lists name it.", examples=["Court of Sino district"])
    number: str = Field(description="The court's file number.", examples=["1-482/2026"])
    version: int = Field(description="Version of the proceeding; the ETag.", examples=[4])
