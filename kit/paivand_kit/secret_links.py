"""Addresses that are themselves the credential, for programs that cannot sign in, such as calendars.

The secret is 256 random bits and is stored only as a digest: with that much chance in it a plain SHA-256 cannot be
searched backwards, and the digest is what the lookup needs. The gateway keeps such paths out of its log and traces.
"""

import hashlib
import re
import secrets
from typing import Annotated

from fastapi import Path, Request

from .problems import not_found

SECRET_BYTES = 32
FORM = re.compile(r"[A-Za-z0-9_-]{43}")


def new_secret() -> str:
    """A new secret, as it stands in an address."""
    return secrets.token_urlsafe(SECRET_BYTES)


def digest_of(secret: str) -> bytes:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode()).digest()


class SecretLink:
    """Stands in an endpoint's signature in place of a permission. Gives the digest of the path's `token`.

    A service that uses it is named in `tests/architecture`: each such endpoint is a decision.
    """

    audited = False
    """A calendar asks every few minutes. Its owner sees when it was last read."""

    def __init__(self, permission: str, what: str) -> None:
        self.permission, self._what = permission, what

    async def __call__(
        self,
        request: Request,
        token: Annotated[str, Path(description="The secret part of the address.")],
    ) -> bytes:
        """The digest; 404 for what cannot be a secret of ours. The endpoint answers the same for an unknown one."""
        request.state.is_audited = self.audited
        if not FORM.fullmatch(token):
            raise not_found(self._what)
        return digest_of(token)
