"""What goes over the wire for overdue referrals."""

from datetime import datetime
from uuid import UUID

from paivand_contracts.codes import Priority
from pydantic import BaseModel, Field


class OverdueReferral(BaseModel):
    """A referral that nobody answered in time: whom to call. Nothing of the case."""

    id: UUID
    number: str = Field(description="Referral number.", examples=["R-7K2M-9QXD-4D"])
    priority: Priority
    respond_by: datetime = Field(description="When the owner should have answered (UTC).")
    overdue_at: datetime = Field(description="When it was found overdue (UTC).")
    service_name: str
    requester_organization_id: UUID
    requester_organization_name: str | None
    owner_organization_id: UUID
    owner_organization_name: str
