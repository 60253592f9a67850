"""Events of the directory service about memberships."""

# Narrowing a field in a subclass is safe, since the models are frozen.
# pyright: reportIncompatibleVariableOverride=false

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field

from .directory import DirectoryEventBase
from .envelope import Message


class ExpiringFacts(Message):
    """A membership that ends soon unless an agreement is signed anew."""

    organization_id: UUID = Field(description="The member.")
    expires_on: date = Field(description="The day on which it is suspended.")


class MembershipExpiring(DirectoryEventBase):
    """An agreement of an active member ends within 30 days. Said once, until one is signed."""

    type: Literal["paivand.directory.membership.expiring.v1"] = "paivand.directory.membership.expiring.v1"
    data: ExpiringFacts
