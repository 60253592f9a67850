"""How a service account proves to Keycloak who it is: with a signed JWT instead of a secret (RFC 7523 section 2.2)."""

import base64
import time
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_der_private_key

LIFE_SECONDS = 60


def load_key(key: str) -> Ed25519PrivateKey:
    """The key itself.

    Raises:
        ValueError: it is another kind of key, or none.
    """
    private = load_der_private_key(base64.b64decode(key), password=None)
    if not isinstance(private, Ed25519PrivateKey):
        raise ValueError("a service account's key must be of the type Ed25519")
    return private


def client_assertion(client_id: str, key: str, issuer: str) -> dict[str, str]:
    """Form fields for the token endpoint of `issuer`, good once. `key`: Ed25519, PKCS#8 in base64.

    Raises:
        ValueError: the key is not such a key.
    """
    private = load_key(key)
    now = int(time.time())
    claims = {"iss": client_id, "sub": client_id, "aud": issuer, "jti": str(uuid4()), "iat": now}
    return {
        "client_id": client_id,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": jwt.encode(claims | {"exp": now + LIFE_SECONDS}, private, algorithm="EdDSA"),
    }
