"""Who is asking: verifies the access token again, behind the gateway, and names the permission."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import jwt
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from fastapi.security.http import HTTPBase
from paivand_contracts.codes import Role
from paivand_contracts.problems import ProblemType

from .dpop import ProofVerifier
from .idempotency import require_key
from .problems import ProblemError
from .signing_keys import SigningKeys
from .step_up import NOBODY_SIGNED_IN, SignIn, StepUp

ALGORITHMS = ["RS256", "ES256", "PS256"]
# Keycloak's `typ` claim. ID tokens have the same issuer and key, and for the OAuth client `paivand` even our audience,
# but are no credential: they travel in URLs (`id_token_hint`).
ACCESS_TOKEN, BOUND_ACCESS_TOKEN = "Bearer", "DPoP"
# Keycloak says in `cnf` how the key was shown, too.
BINDINGS = frozenset({"jkt", "kc-jkt-type"})
REMEMBERED_TOKENS = 10_000


@dataclass(frozen=True, slots=True)
class Caller:
    """A verified access token in our words."""

    subject: str
    client_id: str
    organization_id: UUID | None
    roles: frozenset[Role]
    email: str | None = None
    expires_at: float = 0.0
    """`exp` of the token (seconds since 1970): a stream must not outlive it."""
    key_thumbprint: str | None = None
    """The key that the token is bound to (`cnf.jkt`): only its owner may use the token."""
    sign_in: SignIn = NOBODY_SIGNED_IN
    """How strongly and when the person signed in."""

    def organization(self) -> UUID:
        """The member organization the caller acts for; 403 when there is none."""
        if self.organization_id is None:
            raise ProblemError(ProblemType.FORBIDDEN, "This needs an account that belongs to a member organization.")
        return self.organization_id


class TokenVerifier:
    """Verifies signature, issuer, audience and expiry of access tokens against the provider's published keys."""

    def __init__(self, *, issuer: str, audience: str, jwks_url: str, keys: jwt.PyJWKSet | None = None) -> None:
        self._issuer, self._audience = issuer, audience
        self._keys = SigningKeys(jwks_url, keys)
        self._verified: dict[str, tuple[jwt.PyJWK, Caller]] = {}

    async def verify(self, token: str) -> Caller:
        """The caller behind a token.

        Raises:
            ProblemError: `unauthenticated`, without saying which check failed beyond expiry; `unavailable`, when
                no key could be fetched yet.
        """
        known = self._verified.get(token)
        if known and known[0] is await self._keys.get(str(known[0].key_id)) and known[1].expires_at > time.time():
            return known[1]
        try:
            header = jwt.get_unverified_header(token)
            key = await self._keys.get(str(header.get("kid")))
            if key is None or header.get("alg") not in ALGORITHMS:
                raise _unauthenticated("The token is not valid here.")
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],
                audience=self._audience,
                issuer=self._issuer,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
            if claims.get("typ") != (BOUND_ACCESS_TOKEN if "cnf" in claims else ACCESS_TOKEN):
                raise _unauthenticated("The token is not valid here.")
            return self._remember(token, key, _caller(claims))
        except jwt.ExpiredSignatureError:
            raise _unauthenticated("The token has expired. Sign in again.") from None
        except (jwt.PyJWTError, LookupError, ValueError, TypeError, AttributeError):
            raise _unauthenticated("The token is not valid here.") from None

    def _remember(self, token: str, key: jwt.PyJWK, caller: Caller) -> Caller:
        """Keeps the result: the same token comes with every request of its five minutes, checking it costs 0.1 ms."""
        if len(self._verified) >= REMEMBERED_TOKENS:
            self._verified.clear()
        self._verified[token] = key, caller
        return caller


def _caller(claims: dict[str, Any]) -> Caller:
    known = {role.value for role in Role}
    roles = frozenset(Role(role) for role in claims.get("roles", ()) if role in known)
    organization = claims.get("organization_id")
    # The attribute alone is not enough: who was removed from the organization in Keycloak has lost the membership.
    memberships = cast(dict[str, dict[str, str]], claims.get("organization") or {})
    # Keycloak chooses the ids of organizations that it makes by request; these have the directory's id as alias.
    is_member = organization in memberships or any(each.get("id") == organization for each in memberships.values())
    return Caller(
        subject=str(claims["sub"]),
        client_id=str(claims.get("azp", "")),
        organization_id=UUID(organization) if organization and is_member else None,
        roles=roles,
        email=claims.get("email") if claims.get("email_verified") is True else None,
        expires_at=float(claims["exp"]),
        key_thumbprint=_bound_key(claims),
        sign_in=SignIn(
            acr=claims.get("acr"),
            methods=frozenset(map(str, claims.get("amr", ()))),
            at=float(claims["auth_time"]) if "auth_time" in claims else None,
        ),
    )


def _bound_key(claims: dict[str, Any]) -> str | None:
    """The key's thumbprint in a token that is bound to one.

    Raises:
        ValueError, LookupError: it is bound in a way that we do not check, such as to a TLS certificate.
    """
    if "cnf" not in claims:
        return None
    confirmation = cast(dict[str, Any], claims["cnf"])
    if not set(confirmation) <= BINDINGS or not isinstance(confirmation["jkt"], str):
        raise ValueError
    return confirmation["jkt"]


def _unauthenticated(detail: str) -> ProblemError:
    return ProblemError(ProblemType.UNAUTHENTICATED, detail, headers={"WWW-Authenticate": "Bearer"})


bearer = HTTPBearer(auto_error=False, scheme_name="keycloak", description="Access token from Keycloak (`/auth`).")
dpop = HTTPBase(
    scheme="DPoP",
    auto_error=False,
    scheme_name="keycloak-dpop",
    description="Access token that is bound to a key, with a proof in the header `DPoP` (RFC 9449).",
)
Given = HTTPAuthorizationCredentials | None


async def current_caller(request: Request, given: Given = Depends(bearer), bound: Given = Depends(dpop)) -> Caller:
    """The verified caller of a request, 401 without one."""
    credentials = given or bound
    if credentials is None or credentials.scheme.lower() not in ("bearer", "dpop"):
        raise _unauthenticated("Send an access token: `Authorization: Bearer …`.")
    verifier: TokenVerifier = request.app.state.verifier
    caller = await verifier.verify(credentials.credentials)
    if (caller.key_thumbprint is not None) != (credentials.scheme.lower() == "dpop"):
        # RFC 9449 section 7.2: neither may pass for the other, or a stolen bound token would work as a bearer's.
        raise _unauthenticated("Send a bound token as `Authorization: DPoP …` with its proof, any other as `Bearer`.")
    if caller.key_thumbprint is not None:
        proofs: ProofVerifier = request.app.state.proofs
        await proofs.check(request, credentials.credentials, caller.key_thumbprint)
    return caller


class Requires:
    """Dependency that checks a permission. A service's `permissions.py` makes one alias from each.

    `roles` may hold the permission; with `member_only` (the default) the caller must also act for a member
    organization, so that `caller.organization_id` is set. `step_up` says how strong and fresh the sign-in must be.
    `audited` puts reads into the audit trail, where changes are anyway.
    """

    def __init__(
        self,
        permission: str,
        roles: Iterable[Role],
        *,
        member_only: bool = True,
        step_up: StepUp | None = None,
        audited: bool = False,
    ) -> None:
        self.permission, self.roles, self.member_only = permission, frozenset(roles), member_only
        self.step_up, self.audited = step_up, audited

    async def __call__(self, request: Request, caller: Caller = Depends(current_caller)) -> Caller:
        """The caller, if allowed."""
        if not caller.roles & self.roles:
            needed = " or ".join(sorted(self.roles))
            raise ProblemError(ProblemType.FORBIDDEN, f"This needs the role {needed} ({self.permission}).")
        if self.member_only:
            caller.organization()
        # Last: who may not do it at all is not sent to sign in again.
        if self.step_up:
            self.step_up.check(caller.sign_in, "DPoP" if caller.key_thumbprint else "Bearer")
        require_key(request, caller.subject, caller.organization_id)
        request.state.caller, request.state.is_audited = caller, self.audited
        return caller
