"""Access tokens as Keycloak issues them, signed by a test key; and the verifier that knows that key."""

import time
from typing import Any
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from paivand_contracts.codes import Role
from paivand_kit.caller import TokenVerifier

ISSUER = "http://localhost:8080/auth/realms/paivand"
AUDIENCE = "paivand"
KEY_ID = "test-key"
PRIVATE_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def token(
    *,
    organization_id: UUID | None = None,
    roles: tuple[Role | str, ...] = (Role.MEMBER,),
    subject: str | None = None,
    email: str | None = None,
    key: Any = PRIVATE_KEY,
    algorithm: str = "RS256",
    kid: str = KEY_ID,
    **overrides: Any,
) -> str:
    """A signed token, valid for an hour, since tests make some before they run.

    An override replaces a claim; None removes it.
    """
    issued_at = int(time.time())
    claims: dict[str, Any] = {
        "typ": "DPoP" if "cnf" in overrides else "Bearer",
        "iss": ISSUER,
        "aud": [AUDIENCE],
        "sub": subject or str(uuid4()),
        "azp": "paivand-tests",
        "iat": issued_at,
        "exp": issued_at + 3600,
        "organization_id": str(organization_id) if organization_id else None,
        "organization": {"alias": {"id": str(organization_id)}} if organization_id else None,
        "roles": [str(role) for role in roles],
        "email": email,
        "email_verified": True if email else None,
    }
    present = {name: value for name, value in (claims | overrides).items() if value is not None}
    return jwt.encode(present, key, algorithm=algorithm, headers={"kid": kid})


def bearer(**wanted: Any) -> dict[str, str]:
    """The Authorization header with a `token(...)`."""
    return {"Authorization": f"Bearer {token(**wanted)}"}


def second_factor() -> dict[str, Any]:
    """Claims of somebody who signed in with a second factor just now, for `token(...)`."""
    return {"acr": "2", "amr": ["otp"], "auth_time": int(time.time())}


def jwks(*keys: tuple[str, Any]) -> dict[str, Any]:
    """The key set that a provider publishes; the test key's, unless (kid, private key) pairs are given."""
    published = keys or ((KEY_ID, PRIVATE_KEY),)
    return {
        "keys": [
            RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": kid, "alg": "RS256", "use": "sig"}
            for kid, key in published
        ]
    }


def verifier() -> TokenVerifier:
    """A verifier that accepts `token(...)` and asks nobody for keys."""
    return TokenVerifier(issuer=ISSUER, audience=AUDIENCE, jwks_url="", keys=jwt.PyJWKSet.from_dict(jwks()))
