"""Step-up: some things need a strong sign-in that is fresh (RFC 9470). Keycloak's browser flow knows the levels."""

import math
import time
from dataclasses import dataclass

from paivand_contracts.problems import ProblemType

from .problems import ProblemError

# `acr` values of the realm, weakest first: a password; a password and a second factor.
LEVELS = ("1", "2")
CLOCK_SKEW_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class StepUp:
    """How strong a sign-in must be, and how many seconds old it may be."""

    acr: str
    max_age: int

    def check(self, acr: str | None, signed_in_at: float | None) -> None:
        """Passes when the token's sign-in (`acr`, `auth_time`) is strong and fresh enough.

        Raises:
            ProblemError: `insufficient-user-authentication`, with what the client must ask Keycloak for.
        """
        age = math.inf if signed_in_at is None else time.time() - signed_in_at
        is_strong = acr in LEVELS[LEVELS.index(self.acr) :]
        # A sign-in in the future is no sign-in: it would stay fresh for as long as somebody set the clock ahead.
        if is_strong and -CLOCK_SKEW_SECONDS <= age <= self.max_age:
            return
        raise ProblemError(
            ProblemType.INSUFFICIENT_USER_AUTHENTICATION,
            f"This needs a sign-in with a second factor in the last {self.max_age // 60} minutes. Sign in again with "
            f"acr_values={self.acr}, then send the same again.",
            headers={
                "WWW-Authenticate": 'Bearer error="insufficient_user_authentication", '
                'error_description="A fresh sign-in with a second factor is needed", '
                f'acr_values="{self.acr}", max_age={self.max_age}'
            },
        )


SECOND_FACTOR = StepUp(acr="2", max_age=300)
"""For reading who a person is."""
