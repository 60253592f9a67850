"""How another system signs in: with a signed JWT and, if its client says so, a token that is bound to its key."""

import time
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from paivand_kit.client_assertion import client_assertion
from paivand_local import demonstration
from paivand_local.stack import Stack

from tests.factories.browser import OIDC, claims_of
from tests.factories.dpop import ClientKey
from tests.gateway.edge import Edge

pytestmark = pytest.mark.system

PATH = "/directory/v1/organizations"


class System:
    """A member's own system: its client's private key, and a key of its own to bind tokens to."""

    def __init__(self, stack: Stack, alias: str) -> None:
        self.site, self.client_id = stack.site, f"integrator-{alias}"
        self.signing_key = stack.site.signing_key(f"integrator_{alias}_key")
        self.edge, self.key = Edge(stack), ClientKey()

    def assertion(self) -> dict[str, str]:
        return client_assertion(self.client_id, self.signing_key, self.site.issuer)

    def ask_for_token(self, proof: str = "", **form: str) -> httpx.Response:
        body = {"grant_type": "client_credentials", **form}
        return self.edge.request("POST", f"{OIDC}/token", data=body, headers={"DPoP": proof} if proof else {})

    def bound_token(self) -> str:
        proof = self.key.proof("POST", f"{self.site.public_url}{OIDC}/token")
        return self.ask_for_token(proof, **self.assertion()).raise_for_status().json()["access_token"]

    def get(self, token: str, proof: str = "", scheme: str = "DPoP") -> httpx.Response:
        headers = {"Authorization": f"{scheme} {token}"} | ({"DPoP": proof} if proof else {})
        return self.edge.get(PATH, headers=headers)

    def proof(self, token: str, **claims: Any) -> str:
        return self.key.proof("GET", f"{self.site.public_url}{PATH}", token, **claims)


@pytest.fixture
def adolat(stack: Stack) -> System:
    return System(stack, "adolat")


@pytest.fixture
def shifo(stack: Stack) -> System:
    """Its client asks for bound tokens."""
    return System(stack, "shifo")


class TestSignedJwt:
    def test_it_is_taken_once(self, adolat: System) -> None:
        assertion = adolat.assertion()
        token = adolat.ask_for_token(**assertion).raise_for_status().json()["access_token"]
        assert claims_of(token)["organization_id"] == str(demonstration.organizations()["adolat"].id)
        assert adolat.get(token, scheme="Bearer").status_code == 200
        assert adolat.ask_for_token(**assertion).status_code in (400, 401)

    @pytest.mark.parametrize("client_id", ["integrator-adolat", "integrator-mehrubon", "paivand-directory"])
    def test_a_secret_is_not_taken(self, adolat: System, client_id: str) -> None:
        answer = adolat.ask_for_token(client_id=client_id, client_secret="guessed")
        assert answer.status_code in (400, 401)
        assert "client_assertion" in answer.json()["error_description"]

    def test_nothing_is_not_taken(self, adolat: System) -> None:
        assert adolat.ask_for_token(client_id="integrator-adolat").status_code in (400, 401)

    @pytest.mark.parametrize(
        ("own_key", "changed"),
        [
            pytest.param(False, {}, id="a strangers key"),
            pytest.param(True, {"exp": int(time.time()) - 3600, "iat": int(time.time()) - 3660}, id="expired"),
            pytest.param(True, {"aud": "https://elsewhere.example"}, id="for another server"),
            pytest.param(True, {"iss": "integrator-mehrubon", "sub": "integrator-mehrubon"}, id="as another client"),
        ],
    )
    def test_a_wrong_one_is_refused(self, adolat: System, own_key: bool, changed: dict[str, Any]) -> None:
        assertion = adolat.assertion()
        claims = jwt.decode(assertion["client_assertion"], options={"verify_signature": False}) | changed
        pem = f"-----BEGIN PRIVATE KEY-----\n{adolat.signing_key}\n-----END PRIVATE KEY-----\n"
        key = load_pem_private_key(pem.encode(), None) if own_key else Ed25519PrivateKey.generate()
        assert isinstance(key, Ed25519PrivateKey)
        assertion |= {"client_id": claims["sub"], "client_assertion": jwt.encode(claims, key, algorithm="EdDSA")}
        answer = adolat.ask_for_token(**assertion)
        assert answer.status_code in (400, 401)
        assert answer.json()["error"] in ("invalid_client", "unauthorized_client")


class TestBoundTokens:
    def test_a_client_that_must_bind_gets_no_other_token(self, shifo: System) -> None:
        answer = shifo.ask_for_token(**shifo.assertion())
        assert answer.status_code == 400
        assert "DPoP" in answer.json()["error_description"]

    def test_a_bound_token_works_with_its_key(self, shifo: System) -> None:
        token = shifo.bound_token()
        assert claims_of(token)["cnf"] == shifo.key.confirmation
        for _ in range(2):
            assert shifo.get(token, shifo.proof(token)).status_code == 200

    def test_a_stolen_one_does_not(self, shifo: System) -> None:
        token = shifo.bound_token()
        used = shifo.proof(token)
        assert shifo.get(token, used).status_code == 200
        thief = ClientKey().proof("GET", f"{shifo.site.public_url}{PATH}", token)
        for refused in (
            shifo.get(token, scheme="Bearer"),
            shifo.get(token, shifo.proof(token), scheme="Bearer"),
            shifo.get(token),
            shifo.get(token, used),
            shifo.get(token, thief),
            shifo.get(token, shifo.proof(token, htu=f"{shifo.site.public_url}/referral/v1/cases")),
        ):
            assert refused.status_code == 401
            assert refused.json()["type"] == "urn:paivand:problem:unauthenticated"

    async def test_a_proof_is_good_once_in_all_workers(self, shifo: System) -> None:
        """The referral service has two."""
        token, cases = shifo.bound_token(), "/referral/v1/cases"
        proof = shifo.key.proof("GET", f"{shifo.site.public_url}{cases}", token)
        headers = {"Authorization": f"DPoP {token}", "DPoP": proof}
        answers = [shifo.edge.get(cases, headers=headers).status_code for _ in range(12)]
        assert answers == [200] + [401] * 11

    def test_a_person_may_bind_too(self, stack: Stack, shifo: System) -> None:
        proof = shifo.key.proof("POST", f"{stack.url}{OIDC}/token")
        form = {"client_id": "paivand-demonstration", "username": "rustam", "grant_type": "password"}
        answer = shifo.ask_for_token(proof, **form, password=stack.site.demonstration_password)
        token = answer.raise_for_status().json()["access_token"]
        assert shifo.get(token, shifo.proof(token)).status_code == 200
        assert shifo.get(token, scheme="Bearer").status_code == 401
