"""Signed heads of the chain, as signed notes (C2SP signed-note): a text that anybody with the public key can check.

The text of a note is the chain's name, its length, its last hash (base64) and the time, one on each line.
"""

import base64
import hashlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

ED25519 = b"\x01"


class BadNoteError(ValueError):
    """The note is no note, or its signature is not of this key."""


@dataclass(frozen=True)
class Head:
    """How long a chain was at a time, and how it ended."""

    size: int
    hash: bytes
    signed_at: datetime


def chain_name(service: str) -> str:
    """Name of a service's chain, in notes and keys."""
    return f"paivand.{service}/audit"


def load_or_make_key(file: Path) -> Ed25519PrivateKey:
    """The signing key of that file, made at first use and readable to the service alone."""
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as new:
            key = Ed25519PrivateKey.generate()
            new.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            return key
    except FileExistsError:
        loaded = load_pem_private_key(file.read_bytes(), password=None)
        if not isinstance(loaded, Ed25519PrivateKey):
            raise ValueError(f"{file} holds no Ed25519 key") from None
        return loaded


def verifier_key(name: str, key: Ed25519PublicKey) -> str:
    """The public key as one line, `name+id+key` (signed-note's encoding)."""
    encoded = base64.b64encode(ED25519 + _raw(key)).decode()
    return f"{name}+{_key_id(name, key).hex()}+{encoded}"


def read_verifier_key(line: str) -> tuple[str, Ed25519PublicKey]:
    """Name and public key of a `verifier_key` line.

    Raises:
        BadNoteError: it is none.
    """
    try:
        name, key_id, encoded = line.strip().split("+", 2)
        raw = base64.b64decode(encoded, validate=True)
        key = Ed25519PublicKey.from_public_bytes(raw[1:])
    except ValueError as error:
        raise BadNoteError("not a public key line") from error
    if raw[:1] != ED25519 or _key_id(name, key).hex() != key_id:
        raise BadNoteError("not a public key line")
    return name, key


def sign(name: str, key: Ed25519PrivateKey, head: Head) -> str:
    """The signed note of a head."""
    at = head.signed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    body = f"{name}\n{head.size}\n{base64.b64encode(head.hash).decode()}\n{at}\n"
    signature = base64.b64encode(_key_id(name, key.public_key()) + key.sign(body.encode())).decode()
    return f"{body}\n— {name} {signature}\n"


def read_note(note: str, name: str, key: Ed25519PublicKey) -> Head:
    """The head that a note states, once its signature is checked.

    Raises:
        BadNoteError: the signature is not of this key, or the note is not of this chain.
    """
    try:
        body, _, signed = note.partition("\n\n")
        body += "\n"
        mark, signer, encoded = signed.strip().split(" ")
        raw = base64.b64decode(encoded, validate=True)
        stated, size, last, at = body.splitlines()
    except ValueError as error:
        raise BadNoteError("not a signed note") from error
    if mark != "—" or signer != name or stated != name or raw[:4] != _key_id(name, key):
        raise BadNoteError("signed by another key, or for another chain")
    try:
        key.verify(raw[4:], body.encode())
        return Head(int(size), base64.b64decode(last, validate=True), datetime.fromisoformat(at))
    except (InvalidSignature, ValueError) as error:
        raise BadNoteError("the signature does not fit") from error


def split_notes(text: str) -> list[str]:
    """The notes of a file to which one after the other was appended."""
    parts = [part for part in text.split("\n\n") if part.strip()]
    return [f"{body.strip()}\n\n{signed.strip()}\n" for body, signed in zip(parts[::2], parts[1::2], strict=False)]


def _raw(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def _key_id(name: str, key: Ed25519PublicKey) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + _raw(key)).digest()[:4]
