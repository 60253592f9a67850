"""A client's own key, and the proofs that it makes with it (RFC 9449)."""

import base64
import hashlib
import json
import time
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from paivand_kit.dpop import key_thumbprint


class ClientKey:
    """A key pair that never leaves the client."""

    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.public: dict[str, Any] = ECAlgorithm.to_jwk(self.private.public_key(), as_dict=True)

    @property
    def confirmation(self) -> dict[str, str]:
        """The claim `cnf` of a token that is bound to this key."""
        return {"jkt": key_thumbprint(self.public), "kc-jkt-type": "DPoP"}

    def proof(
        self, method: str, url: str, token: str = "", *, header: dict[str, Any] | None = None, **overrides: Any
    ) -> str:
        """A proof for one request. An override replaces a claim; None removes it."""
        digest = hashlib.sha256(token.encode()).digest()
        claims: dict[str, Any] = {
            "jti": str(uuid4()),
            "htm": method,
            "htu": url,
            "iat": int(time.time()),
            "ath": base64.urlsafe_b64encode(digest).rstrip(b"=").decode() if token else None,
        }
        present = {name: value for name, value in (claims | overrides).items() if value is not None}
        # Every member of the header may be wrong here; PyJWT refuses to sign with some of them.
        shown = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self.public} | (header or {})
        signing_input = b".".join(_base64(json.dumps(each).encode()) for each in (shown, present))
        signature = jwt.get_algorithm_by_name("ES256").sign(signing_input, self.private)
        return (signing_input + b"." + _base64(signature)).decode()


def _base64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
