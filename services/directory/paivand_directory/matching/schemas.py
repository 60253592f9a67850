"""Matching on the wire: the contract's request, read strictly."""

# Narrowing a field in a subclass is safe, since the models are frozen.
# pyright: reportIncompatibleVariableOverride=false

from paivand_contracts.matching import MatchRequest, Place
from pydantic import ConfigDict, Field

from ..eligibility.schemas import StrictProfile


class StrictPlace(Place):
    """A place as it is sent."""

    model_config = ConfigDict(extra="forbid")


class MatchQuery(MatchRequest):
    """Whom help is looked for. Nothing of it is kept."""

    model_config = ConfigDict(extra="forbid")

    profile: StrictProfile = Field(
        default_factory=StrictProfile, description="What is known of the person. What is left out becomes a question."
    )
    near: StrictPlace | None = Field(default=None, description="From where distances count; about is enough.")
