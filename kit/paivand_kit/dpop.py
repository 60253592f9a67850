"""Tokens bound to a key (DPoP, RFC 9449): who gets hold of one can do nothing with it without the private key."""

import base64
import binascii
import hashlib
import hmac
import json
import time
from datetime import datetime
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import jwt
from fastapi import Request
from paivand_contracts.problems import ProblemType
from sqlalchemy import LargeBinary, delete, func, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from .database import Base, Database
from .problems import ProblemError

ALGORITHMS: Final = ("ES256", "PS256", "RS256", "EdDSA")
OLDEST_SECONDS, CLOCK_SKEW_SECONDS = 60, 5
LONGEST_PROOF = 4096
# What identifies a key, by its type (RFC 7638 section 3.2, RFC 8037 section 2).
MEMBERS: Final = {"EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x"), "RSA": ("e", "kty", "n")}


class DpopProofRow(Base):
    """A proof that was used. An unlogged table, since a row matters for a minute and is written for each request.

    Unlogged rows are lost when PostgreSQL crashes: then a proof of the last minute could be used once more, by somebody
    who has copied it and its token.
    """

    __tablename__ = "dpop_proofs"
    __table_args__ = ({"prefixes": ["UNLOGGED"]},)

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    used_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)


class ProofVerifier:
    """Checks the proofs that come with bound tokens, each of which is good for one request.

    `public_url` is how clients see us: a proof names the address it was made for.
    """

    def __init__(self, database: Database, public_url: str) -> None:
        self._database, self._public_url = database, public_url

    async def check(self, request: Request, token: str, thumbprint: str) -> None:
        """Passes when the request shows the key that its token is bound to.

        Raises:
            ProblemError: `unauthenticated`, and which rule the proof breaks.
        """
        proofs = request.headers.getlist("dpop")
        if len(proofs) != 1 or len(proofs[0]) > LONGEST_PROOF:
            raise _refused("Send one DPoP header with a proof of your key (RFC 9449): the token is bound to it.")
        claims = _verified(proofs[0], thumbprint)
        if claims.get("htm") != request.method or _address(claims.get("htu")) != _address(
            self._public_url + request.url.path
        ):
            raise _refused("The proof was made for another method or address (htm, htu).")
        if not -CLOCK_SKEW_SECONDS <= time.time() - claims["iat"] <= OLDEST_SECONDS:
            raise _refused(f"The proof is older than {OLDEST_SECONDS} seconds, or from the future (iat).")
        digest = base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()
        if not hmac.compare_digest(str(claims.get("ath")).encode(), digest.encode()):
            raise _refused("The proof was made for another token (ath).")
        if not await self._is_first_use(thumbprint, claims["jti"]):
            raise _refused("The proof was used before. Make a new one for each request (jti).")

    async def _is_first_use(self, thumbprint: str, jti: str) -> bool:
        """All workers and replicas share the table, so a proof that was used in one is known in the others."""
        digest = hashlib.sha256(f"{thumbprint} {jti}".encode()).digest()
        query = insert(DpopProofRow).values(digest=digest).on_conflict_do_nothing().returning(DpopProofRow.digest)
        async with self._database.autocommit() as connection:
            return await connection.scalar(query) is not None


def _verified(proof: str, thumbprint: str) -> dict[str, Any]:
    """The claims of a proof that the right key has signed."""
    try:
        header = jwt.get_unverified_header(proof)
        key = header["jwk"]
        if header.get("typ") != "dpop+jwt" or header.get("alg") not in ALGORITHMS or {"d", "k"} & set(key):
            raise _refused("The proof is not a JWT of type dpop+jwt with a public key and one of our algorithms.")
        if not hmac.compare_digest(key_thumbprint(key), thumbprint):
            raise _refused("The token is bound to another key than the proof shows.")
        claims: dict[str, Any] = jwt.decode(
            proof,
            jwt.PyJWK(key, header["alg"]),
            algorithms=[header["alg"]],
            leeway=CLOCK_SKEW_SECONDS,
            options={"require": ["jti", "htm", "htu", "iat"], "verify_aud": False},
        )
    except (jwt.PyJWTError, binascii.Error, LookupError, ValueError, TypeError, AttributeError):
        raise _refused("The proof cannot be read, or its signature does not fit.") from None
    if not isinstance(claims["jti"], str) or not isinstance(claims["iat"], int | float):
        raise _refused("The proof cannot be read, or its signature does not fit.")
    return claims


def key_thumbprint(key: dict[str, Any]) -> str:
    """RFC 7638, with SHA-256.

    Raises:
        LookupError: a member is missing, or it is no public key that we take.
    """
    members = {name: key[name] for name in MEMBERS[key["kty"]]}
    digest = hashlib.sha256(json.dumps(members, sort_keys=True, separators=(",", ":")).encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _address(uri: Any) -> tuple[str, str | None, int | None, str] | None:
    """Without query and fragment, and with what may be spelled in two ways made equal (RFC 9449 section 4.3)."""
    try:
        parts = urlsplit(str(uri))
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return None
    return parts.scheme, parts.hostname, port, unquote(parts.path)


def _refused(detail: str) -> ProblemError:
    challenge = f'DPoP error="invalid_dpop_proof", algs="{" ".join(ALGORITHMS)}"'
    return ProblemError(ProblemType.UNAUTHENTICATED, detail, headers={"WWW-Authenticate": challenge})


async def forget_old_proofs(database: Database) -> None:
    """Deletes what can no longer be used again. Safe in several replicas."""
    query = delete(DpopProofRow).where(DpopProofRow.used_at < func.now() - text("interval '5 minutes'"))
    async with database.autocommit() as connection:
        await connection.execute(query)
