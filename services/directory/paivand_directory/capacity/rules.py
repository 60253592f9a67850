"""How the figures of a capacity hang together: confirmed + held + available = maximum, always. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figures:
    """What a capacity consists of at one moment. `promised` of the confirmed ones belong to holds."""

    maximum: int
    confirmed: int
    held: int
    promised: int

    @property
    def available(self) -> int:
        """What is neither in use nor held."""
        return self.maximum - self.confirmed - self.held


class BrokenRuleError(Exception):
    """Figures that cannot be. Names the field, the rule, and what to do."""

    def __init__(self, field: str, rule: str, detail: str) -> None:
        super().__init__(detail)
        self.field, self.rule, self.detail = field, rule, detail


def counted(present: Figures, *, maximum: int | None, available: int | None) -> Figures:
    """The figures after somebody has counted; what was not counted anew stays.

    Raises:
        BrokenRuleError: when that would take room from those whom it was promised.
    """
    most = present.maximum if maximum is None else maximum
    if available is None:
        if most < present.confirmed + present.held:
            raise BrokenRuleError(
                "maximum", "below_use", "More than that is confirmed or held now. Release it first, or count anew."
            )
        return Figures(most, present.confirmed, present.held, present.promised)
    confirmed = most - present.held - available
    if confirmed < 0:
        raise BrokenRuleError("available", "above_maximum", "Available and held together are more than the maximum.")
    if confirmed < present.promised:
        raise BrokenRuleError(
            "available", "promised", "Confirmed holds take more than that leaves. Release those that have ended first."
        )
    return Figures(most, confirmed, present.held, present.promised)
