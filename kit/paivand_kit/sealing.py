"""Authenticated encryption of one value (AES-256-GCM), bound to the place where it stands.

A sealed value is a format byte, a random nonce, and the ciphertext with its tag. The place is not stored: whoever moves
a sealed value to another row, field or version has made it unreadable.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FORMAT = b"\x01"
NONCE_BYTES = 12
KEY_BYTES = 32


class UnreadableError(Exception):
    """Not sealed by this key for this place, or changed since."""


def new_key() -> bytes:
    """A random key of 256 bits."""
    return secrets.token_bytes(KEY_BYTES)


def seal(key: bytes, value: bytes, place: bytes) -> bytes:
    """The value as it may be stored."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return FORMAT + nonce + AESGCM(key).encrypt(nonce, value, FORMAT + place)


def unseal(key: bytes, sealed: bytes, place: bytes) -> bytes:
    """The value that was sealed.

    Raises:
        UnreadableError: another key, another place, another format, or changed bytes.
    """
    nonce, ciphertext = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    if sealed[:1] != FORMAT or len(nonce) < NONCE_BYTES:
        raise UnreadableError
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, FORMAT + place)
    except InvalidTag:
        raise UnreadableError from None
