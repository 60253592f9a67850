"""The identity provider's published keys (JWKS, RFC 7517), fetched when they are needed and kept."""

import asyncio
import logging
import time
from typing import Any, cast

import httpx
import jwt
from paivand_contracts.problems import ProblemType

from .problems import ProblemError

log = logging.getLogger(__name__)
REFRESH_SECONDS = 300.0
RETRY_SECONDS = 5.0


class SigningKeys:
    """Keys by id. An unknown id makes it fetch them again (not more often than every few seconds), so a rotated key
    needs no restart. Keys that were fetched stay in use while the provider is down.
    """

    def __init__(self, url: str, fixed: jwt.PyJWKSet | None = None) -> None:
        self._url = url
        self._keys = {str(key.key_id): key for key in fixed.keys} if fixed else {}
        self._is_fixed = fixed is not None
        self._fetched_at = self._tried_at = float("-inf")
        self._fetching = asyncio.Lock()

    async def get(self, kid: str) -> jwt.PyJWK | None:
        """The key of this id; None when the provider does not publish it.

        Raises:
            ProblemError: `unavailable`, when no key could be fetched yet.
        """
        is_known = kid in self._keys
        if self._is_due(kid) and not (is_known and self._fetching.locked()):
            # Whoever has no key yet waits for the fetch that is under way instead of being turned away.
            async with self._fetching:
                if self._is_due(kid):
                    await self._fetch()
        if not self._keys:
            raise ProblemError(
                ProblemType.UNAVAILABLE,
                "Tokens cannot be checked now. Send the same again in a moment.",
                headers={"Retry-After": str(int(RETRY_SECONDS))},
            )
        return self._keys.get(kid)

    def _is_due(self, kid: str) -> bool:
        if self._is_fixed:
            return False
        now = time.monotonic()
        is_stale = kid not in self._keys or now - self._fetched_at > REFRESH_SECONDS
        return is_stale and now - self._tried_at > RETRY_SECONDS

    async def _fetch(self) -> None:
        try:
            async with httpx.AsyncClient(timeout=3, trust_env=False) as client:
                answer = (await client.get(self._url)).raise_for_status()
            keys = jwt.PyJWKSet.from_dict(cast(dict[str, Any], answer.json()))
            self._keys = {str(key.key_id): key for key in keys.keys}
            self._fetched_at = time.monotonic()
        except (httpx.HTTPError, jwt.PyJWTError, ValueError) as error:
            log.warning("signing keys not fetched, keeping those at hand: %s", type(error).__name__)
        finally:
            self._tried_at = time.monotonic()
