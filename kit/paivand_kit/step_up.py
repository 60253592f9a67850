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
class SignIn:
    """How and when the person behind a token signed in."""

    acr: str | None = None
    """The level that the client reached: one of `LEVELS`."""
    methods: frozenset[str] = frozenset()
    """`amr` (RFC 8176): what was shown in the last minute before the token was made."""
    at: float | None = None
    """`auth_time` (seconds since 1970); None for a service account, where no person signed in."""


NOBODY_SIGNED_IN = SignIn()


@dataclass(frozen=True, slots=True)
class StepUp:
    """How strong a sign-in must be, by which methods, and how many seconds old it may be."""

    acr: str
    max_age: int
    methods: frozenset[str]

    def check(self, sign_in: SignIn, scheme: str) -> None:
        """Passes when the token's sign-in is strong and fresh enough. `scheme`: how it was sent.

        Raises:
            ProblemError: `insufficient-user-authentication`, with what the client must ask Keycloak for.
        """
        age = math.inf if sign_in.at is None else time.time() - sign_in.at
        is_strong = sign_in.acr in LEVELS[LEVELS.index(self.acr) :] and bool(sign_in.methods & self.methods)
        # A sign-in in the future is no sign-in: it would stay fresh for as long as somebody set the clock ahead.
        if is_strong and -CLOCK_SKEW_SECONDS <= age <= self.max_age:
            return
        raise ProblemError(
            ProblemType.INSUFFICIENT_USER_AUTHENTICATION,
            f"This needs a sign-in with a second factor in the last {self.max_age // 60} minutes. Sign in again with "
            f"acr_values={self.acr}, then send the same again.",
            headers={
                "WWW-Authenticate": f'{scheme} error="insufficient_user_authentication", '
                'error_description="A fresh sign-in with a second factor is needed", '
                f'acr_values="{self.acr}", max_age={self.max_age}'
            },
        )


SECOND_FACTOR = StepUp(acr="2", max_age=300, methods=frozenset({"otp", "hwk"}))
"""For reading who a person is.

`acr` and `auth_time` alone would let in a token that was refreshed after a later sign-in with a password, at another
client of the same session: Keycloak keeps the level and moves the time. The realm says in `amr` what was shown in the
last minute, so a token is strong for its own five minutes, and those refreshed from it later are not.
"""
