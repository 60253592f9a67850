"""What goes over the wire for withdrawals."""

from uuid import UUID

from paivand_kit.inputs import Input
from pydantic import Field


class ConsentRenewal(Input):
    """The consent on which a referral goes on."""

    consent_id: UUID = Field(description="A recorded consent of the case that covers what the referral shows.")
