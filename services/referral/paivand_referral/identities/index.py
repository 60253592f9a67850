"""Blind indexes: keyed digests by which an identity is found without being opened.

The key is not the one that wraps case keys, and each organization has its own, derived from it: equal names of two
organizations look different, and without the key no list of names can be tried against a dump. What a dump does show
is that two cases of one organization share a token, not which one.
"""

import base64
import hmac
import os
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from paivand_kit.sealing import KEY_BYTES

from . import rules
from .schemas import IdentityPut, PersonQuery

TOKEN_BYTES = 16
NETWORK = UUID(int=0)
"""Stands for the network where keys are derived by organization; none has this id."""
PHONES = {"phone", "sms"}


@dataclass(frozen=True)
class Wanted:
    """One thing to find: the tokens that are a match, and whether each is an exact one."""

    tokens: dict[bytes, bool]


class BlindIndex:
    """Makes the tokens of identities and of questions."""

    def __init__(self, key_file: Path) -> None:
        key = base64.b64decode(key_file.read_text(), validate=True)
        if len(key) != KEY_BYTES or key_file.stat().st_mode & 0o037:
            raise ValueError(f"the index key file {key_file} must hold 32 bytes in base64, and be closed to others")
        self._key_of = lru_cache(maxsize=1024)(lambda organization: _derive(key, organization))

    @classmethod
    def create(cls, key_file: Path) -> None:
        """Makes the key file; one that is there stays as it is."""
        try:
            handle = os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return
        with os.fdopen(handle, "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)))

    def tokens_of(self, organization: UUID, identity: IdentityPut) -> set[bytes]:
        """All by which the identity can be found."""
        forms: set[tuple[str, str]] = set()
        for name in identity.names:
            for part in rules.parts(name.text) | rules.parts(name.latin or ""):
                forms |= {("name", part), ("sound", rules.sound(part) or "")}
        forms |= {("document", rules.document_form(document.number)) for document in identity.documents}
        forms |= {("phone", rules.phone_form(each.value)) for each in identity.contacts if each.system in PHONES}
        forms.add(("born", identity.date_of_birth or ""))
        return {self._token(organization, kind, form) for kind, form in forms if form}

    def wanted(self, organization: UUID, query: PersonQuery) -> list[Wanted]:
        """What must all be found in an identity. A part of a name may match by its sound, all else exactly."""
        wanted = [self._wanted_part(organization, part) for part in sorted(rules.parts(query.name or ""))]
        exact = {
            "born": query.date_of_birth,
            "document": rules.document_form(query.document_number or ""),
            "phone": rules.phone_form(query.phone or ""),
        }
        return wanted + [Wanted({self._token(organization, kind, form): True}) for kind, form in exact.items() if form]

    def network_token(self, kind: str, form: str) -> bytes:
        """The token of what is not one organization's, such as a court's file number."""
        return self._token(NETWORK, kind, form)

    def _wanted_part(self, organization: UUID, part: str) -> Wanted:
        tokens = {self._token(organization, "name", part): True}
        if heard := rules.sound(part):
            tokens[self._token(organization, "sound", heard)] = False
        return Wanted(tokens)

    def _token(self, organization: UUID, kind: str, form: str) -> bytes:
        return hmac.digest(self._key_of(organization), f"{kind}\n{form}".encode(), "sha256")[:TOKEN_BYTES]


def _derive(key: bytes, organization: UUID) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"paivand blind index" + organization.bytes).derive(key)
