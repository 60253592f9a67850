"""Events of the directory service about memberships and the people of members."""

# Narrowing a field in a subclass is safe, since the models are frozen.
# pyright: reportIncompatibleVariableOverride=false

from datetime import date
from typing import Annotated, Literal
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


class PersonFacts(Message):
    """A person of a member, by the id of the account alone."""

    organization_id: UUID = Field(description="The member.")
    user_id: str = Field(description="The account in Keycloak: `sub` of its tokens.")


class PersonRemoved(DirectoryEventBase):
    """Somebody works for a member no more; what that account asked for there ends."""

    type: Literal["paivand.directory.person.removed.v1"] = "paivand.directory.person.removed.v1"
    data: PersonFacts


MembershipEvent = Annotated[MembershipExpiring | PersonRemoved, Field(discriminator="type")]
