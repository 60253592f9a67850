"""Signing secrets (Standard Webhooks): made, encrypted for the table, and used to sign."""

import base64
import binascii
import secrets
from collections.abc import Sequence
from datetime import datetime

from cryptography.fernet import Fernet
from pydantic import SecretStr
from standardwebhooks.webhooks import Webhook

PREFIX = "whsec_"
SHORTEST, LONGEST = 24, 64


def new_secret() -> str:
    """A random secret of 256 bits."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def is_secret(text: str) -> bool:
    """Whether it is `whsec_` and 24 to 64 bytes in base64, as the specification asks."""
    try:
        key = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return False
    return text.startswith(PREFIX) and SHORTEST <= len(key) <= LONGEST


class SecretBox:
    """Encrypts secrets for the table with the operator's key."""

    def __init__(self, key: SecretStr) -> None:
        self._fernet = Fernet(key.get_secret_value())

    def lock(self, secret: str) -> bytes:
        """The secret as it stands in the table."""
        return self._fernet.encrypt(secret.encode())

    def open(self, locked: bytes) -> str:
        """The secret. Raises `cryptography.fernet.InvalidToken` when it was locked with another key."""
        return self._fernet.decrypt(locked).decode()


def sign(secret_texts: Sequence[str], *, message_id: str, at: datetime, body: str) -> str:
    """The `webhook-signature` header: one signature for each secret that is valid now."""
    return " ".join(Webhook(secret).sign(message_id, at, body) for secret in secret_texts)
