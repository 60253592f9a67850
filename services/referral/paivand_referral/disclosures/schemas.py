"""What goes over the wire for disclosures."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from ..consents.rules import Category
from .rules import Kind


class Disclosure(BaseModel):
    """Who was shown what, and on which consent."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID = Field(description="Id of the disclosure.")
    kind: Kind = Field(
        description="`sent`: a referral was sent. `passed-on`: it was redirected. `read`: somebody of the recipient "
        "opened it; the first time on that day.",
        examples=["sent"],
    )
    at: datetime = Field(description="When (UTC).")
    categories: list[Category] = Field(description="What could be seen.", examples=[["profile", "summary"]])
    referral_id: UUID = Field(description="The referral by which it was shown.")
    consent_id: UUID = Field(description="The consent that it stands on.")
    recipient_organization_id: UUID = Field(description="The organization that was shown it.")
    recipient_organization_name: str | None = Field(description="Its name.", examples=["Adolat legal aid"])
    recipient_service_id: UUID = Field(description="The service that was asked.")
    recipient_service_name: str | None = Field(description="Its name.", examples=["Legal representation"])
    subject: str = Field(description="Subject id of the account that sent, passed on or read it.", examples=["b0a1…"])
