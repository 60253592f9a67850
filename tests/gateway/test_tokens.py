"""Who gets through: only tokens that this realm signed, for this network, not expired."""

import base64
import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from paivand_local import demonstration
from paivand_local.stack import Stack

from tests.factories.browser import claims_of
from tests.factories.waiting import until
from tests.gateway.edge import Edge, KeycloakAdmin
from tests.gateway.problems import assert_problem

pytestmark = pytest.mark.system

PATH = "/directory/v1/organizations"
SERVICES = [PATH, "/referral/v1/cases", "/notify/v1/inbox", "/notify/v1/inbox/stream"]


@pytest.mark.parametrize("path", SERVICES)
def test_no_token_is_refused(mirrored: Edge, path: str) -> None:
    assert_problem(mirrored.get(path), 401, "unauthenticated")


@pytest.mark.parametrize("path", SERVICES)
def test_a_members_token_passes(mirrored: Edge, token: str, path: str) -> None:
    assert mirrored.get(path, token).json()["path"] == path


def test_a_service_accounts_token_passes(mirrored: Edge, stack: Stack) -> None:
    token = demonstration.integrator_token(stack.site, "adolat")
    assert mirrored.get(PATH, token).status_code == 200
    assert claims_of(token)["organization_id"] == str(demonstration.organizations()["adolat"].id)


async def test_an_expired_token_is_refused(mirrored: Edge, stack: Stack, keycloak: KeycloakAdmin) -> None:
    short = {"attributes": {"access.token.lifespan": "2"}, "defaultClientScopes": ["basic", "paivand"]}
    with keycloak.client("short-lived", **short):
        token = keycloak.token("short-lived", "zarina")
    assert mirrored.get(PATH, token).status_code == 200
    # The gateway allows clocks to differ by five seconds.
    await until(lambda: mirrored.get(PATH, token).status_code == 401)
    assert time.time() > claims_of(token)["exp"]
    assert_problem(mirrored.get(PATH, token), 401, "unauthenticated")


def test_a_token_for_another_audience_is_refused(mirrored: Edge, keycloak: KeycloakAdmin) -> None:
    with keycloak.client("stranger", defaultClientScopes=["basic"]):
        token = keycloak.token("stranger", "zarina")
    assert "paivand" not in claims_of(token).get("aud", [])
    assert_problem(mirrored.get(PATH, token), 403, "forbidden")


def test_a_token_of_another_realm_is_refused(mirrored: Edge, keycloak: KeycloakAdmin) -> None:
    """Another issuer, other keys, from the very same Keycloak."""
    assert_problem(mirrored.get(PATH, keycloak.master_token()), 401, "unauthenticated")


@pytest.mark.parametrize("changed", [{}, {"iss": "https://elsewhere.example/auth/realms/paivand"}])
def test_a_token_signed_by_a_strangers_key_is_refused(mirrored: Edge, token: str, changed: dict[str, str]) -> None:
    """The right key id and claims, the wrong key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    kid = jwt.get_unverified_header(token)["kid"]
    forged = jwt.encode(claims_of(token) | changed, key, algorithm="RS256", headers={"kid": kid})
    assert_problem(mirrored.get(PATH, forged), 401, "unauthenticated")


def test_an_unsigned_token_is_refused(mirrored: Edge, token: str) -> None:
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT"}).encode()).rstrip(b"=").decode()
    assert_problem(mirrored.get(PATH, f"{header}.{token.split('.')[1]}."), 401, "unauthenticated")


def test_changed_claims_are_refused(mirrored: Edge, token: str) -> None:
    header, _, signature = token.split(".")
    body = json.dumps(claims_of(token) | {"roles": ["coordinator"]}).encode()
    forged = f"{header}.{base64.urlsafe_b64encode(body).rstrip(b'=').decode()}.{signature}"
    assert_problem(mirrored.get(PATH, forged), 401, "unauthenticated")


def test_a_token_in_the_query_is_not_taken(mirrored: Edge, token: str) -> None:
    assert_problem(mirrored.get(PATH, params={"access_token": token}), 401, "unauthenticated")


async def test_a_rotated_key_is_picked_up_without_a_restart(
    mirrored: Edge, stack: Stack, keycloak: KeycloakAdmin, token: str
) -> None:
    with keycloak.signing_key():
        fresh = demonstration.token(stack.site, "zarina")
        old, new = (jwt.get_unverified_header(each)["kid"] for each in (token, fresh))
        assert old != new
        await until(lambda: mirrored.get(PATH, fresh).status_code == 200)
        assert mirrored.get(PATH, token).status_code == 200


async def test_existing_tokens_go_on_working_while_keycloak_is_down(mirrored: Edge, stack: Stack, token: str) -> None:
    """Longer than the keys are cached: Envoy has failed to fetch them again, and keeps those it has."""
    failed = mirrored.counter("jwks_fetch_failed")
    stack.stop_part("keycloak")
    try:
        await until(lambda: mirrored.counter("jwks_fetch_failed") >= failed + 3)
        assert mirrored.get(PATH, token).status_code == 200
        assert mirrored.get(PATH).status_code == 401
    finally:
        stack.start_part("keycloak")
