"""What goes over the wire about e-mail subscriptions."""

from datetime import datetime

from paivand_kit.inputs import Input
from pydantic import BaseModel, ConfigDict, Field

from ..inbox.rules import Kind
from ..texts import Language


class EmailSubscriptionPut(Input):
    """Which mails you want. They go to the verified address of your account, and to no other."""

    language: Language = Field(default=Language.ENGLISH, description="Language of the mails.")
    is_only_urgent: bool = Field(default=False, description="Leave out referrals with priority routine.")
    kinds: list[Kind] | None = Field(default=None, max_length=len(Kind), description="Only this news; null: all.")


class EmailSubscription(BaseModel):
    """Your subscription."""

    model_config = ConfigDict(from_attributes=True)

    address: str = Field(description="The verified address that your token named when you subscribed.")
    language: Language
    is_only_urgent: bool
    kinds: list[Kind] | None
    created_at: datetime
    updated_at: datetime
