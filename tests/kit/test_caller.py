"""Which tokens are believed."""

import asyncio
import base64
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from paivand_contracts.codes import Role
from paivand_contracts.problems import ProblemType
from paivand_kit import signing_keys
from paivand_kit.caller import TokenVerifier
from paivand_kit.problems import ProblemError

from tests.factories.tokens import AUDIENCE, ISSUER, KEY_ID, PRIVATE_KEY, jwks, token, verifier

OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC_PEM = PRIVATE_KEY.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)


def unsigned() -> str:
    """`alg: none`, by hand."""
    parts = token().split(".")
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none", "kid": KEY_ID}).encode()).decode().rstrip("=")
    return f"{header}.{parts[1]}."


def signed_with_the_public_key() -> str:
    """HS256 with the published key as the secret (key confusion). By hand: PyJWT refuses to make it."""
    signer = jwt.get_algorithm_by_name("HS256")
    encode = lambda part: base64.urlsafe_b64encode(part).rstrip(b"=")  # noqa: E731
    header = encode(json.dumps({"alg": "HS256", "kid": KEY_ID}).encode())
    signing_input = header + b"." + token().split(".")[1].encode()
    return (signing_input + b"." + encode(signer.sign(signing_input, PUBLIC_PEM))).decode()


def tampered() -> str:
    """A member who makes himself coordinator."""
    header, payload, signature = token().split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "==")) | {"roles": ["coordinator"]}
    changed = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"{header}.{changed}.{signature}"


class TestRefused:
    @pytest.mark.parametrize(
        "bad",
        [
            pytest.param(lambda: token(exp=int(time.time()) - 1), id="expired"),
            pytest.param(lambda: token(exp=None), id="never expires"),
            pytest.param(lambda: token(nbf=int(time.time()) + 600), id="not yet valid"),
            pytest.param(lambda: token(iss="http://localhost:8080/auth/realms/master"), id="wrong issuer"),
            pytest.param(lambda: token(iss=None), id="no issuer"),
            pytest.param(lambda: token(aud=["account"]), id="wrong audience"),
            pytest.param(lambda: token(aud=None), id="no audience"),
            pytest.param(lambda: token(sub=None), id="no subject"),
            pytest.param(lambda: token(typ="ID"), id="ID token"),
            pytest.param(lambda: token(typ=None), id="no type"),
            pytest.param(unsigned, id="alg none"),
            pytest.param(signed_with_the_public_key, id="HS256 with the public key"),
            pytest.param(tampered, id="changed claims"),
            pytest.param(lambda: token(kid="unknown"), id="unknown key id"),
            pytest.param(lambda: token(key=OTHER_KEY), id="key of another realm under our key id"),
            pytest.param(lambda: token(key=OTHER_KEY, kid="other", iss="http://x/realms/other"), id="other realm"),
            pytest.param(lambda: token(organization_id="not-a-uuid"), id="organization is no UUID"),  # pyright: ignore
            pytest.param(lambda: token()[:-20], id="cut"),
            pytest.param(lambda: "", id="empty"),
            pytest.param(lambda: "a.b.c", id="noise"),
            pytest.param(lambda: "ы.ы.ы", id="not ASCII"),
        ],
    )
    async def test_bad_token(self, bad: Any) -> None:
        with pytest.raises(ProblemError) as refusal:
            await verifier().verify(bad())
        assert refusal.value.kind is ProblemType.UNAUTHENTICATED
        assert refusal.value.headers == {"WWW-Authenticate": "Bearer"}


class TestAccepted:
    async def test_claims_in_our_words(self) -> None:
        organization_id, subject = uuid4(), str(uuid4())
        seen = await verifier().verify(
            token(organization_id=organization_id, subject=subject, roles=(Role.MEMBER, Role.MANAGER), email="a@b.tj")
        )
        assert (seen.subject, seen.client_id, seen.organization_id) == (subject, "paivand-tests", organization_id)
        assert (seen.roles, seen.email) == ({Role.MEMBER, Role.MANAGER}, "a@b.tj")

    async def test_roles_of_others_are_no_roles(self) -> None:
        claims = token(roles=("offline_access", "member", "admin"))
        assert (await verifier().verify(claims)).roles == {Role.MEMBER}

    @pytest.mark.parametrize("email_verified", [False, None, "true", 1])
    async def test_email_counts_only_when_verified(self, email_verified: object) -> None:
        assert (await verifier().verify(token(email="a@b.tj", email_verified=email_verified))).email is None

    async def test_directory_id_may_be_the_alias_in_keycloak(self) -> None:
        organization_id = uuid4()
        claims = token(organization_id=organization_id, organization={str(organization_id): {"id": str(uuid4())}})
        assert (await verifier().verify(claims)).organization_id == organization_id

    @pytest.mark.parametrize("organization", [None, {}, {"other": {"id": str(uuid4())}}])
    async def test_who_was_removed_from_the_organization_acts_for_none(self, organization: Any) -> None:
        removed = await verifier().verify(token(organization_id=uuid4(), organization=organization))
        assert removed.organization_id is None

    async def test_without_organization_nobody_acts_for_one(self) -> None:
        seen = await verifier().verify(token())
        with pytest.raises(ProblemError) as refusal:
            seen.organization()
        assert refusal.value.kind is ProblemType.FORBIDDEN


class Provider:
    """An identity provider's key set over HTTP."""

    def __init__(self) -> None:
        self.keys: list[tuple[str, Any]] = [(KEY_ID, PRIVATE_KEY)]
        self.requests = 0
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.requests += 1
                body = json.dumps(jwks(*provider.keys)).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/certs"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider()
    yield provider
    provider.stop()


class TestKeys:
    @pytest.fixture(autouse=True)
    def _without_waiting(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(signing_keys, "RETRY_SECONDS", 0)

    async def test_rotated_key_is_found_without_restart(self, provider: Provider) -> None:
        verifier = TokenVerifier(issuer=ISSUER, audience=AUDIENCE, jwks_url=provider.url)
        await verifier.verify(token())
        provider.keys = [("new", OTHER_KEY), (KEY_ID, PRIVATE_KEY)]
        await verifier.verify(token(key=OTHER_KEY, kid="new"))
        await verifier.verify(token())
        assert provider.requests == 2

    async def test_all_who_come_right_after_a_start_are_let_in(
        self, provider: Provider, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(signing_keys, "RETRY_SECONDS", 5)
        verifier = TokenVerifier(issuer=ISSUER, audience=AUDIENCE, jwks_url=provider.url)
        await asyncio.gather(*(verifier.verify(token()) for _ in range(20)))
        assert provider.requests == 1

    async def test_without_any_key_it_is_our_fault_and_not_the_callers(self, provider: Provider) -> None:
        verifier = TokenVerifier(issuer=ISSUER, audience=AUDIENCE, jwks_url=provider.url)
        provider.stop()
        with pytest.raises(ProblemError) as refused:
            await verifier.verify(token())
        assert refused.value.kind is ProblemType.UNAVAILABLE

    async def test_withdrawn_key_is_forgotten(self, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
        verifier = TokenVerifier(issuer=ISSUER, audience=AUDIENCE, jwks_url=provider.url)
        await verifier.verify(token())
        provider.keys = [("new", OTHER_KEY)]
        monkeypatch.setattr(signing_keys, "REFRESH_SECONDS", 0)
        with pytest.raises(ProblemError):
            await verifier.verify(token())

    async def test_known_keys_serve_while_the_provider_is_down(
        self, provider: Provider, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        verifier = TokenVerifier(issuer=ISSUER, audience=AUDIENCE, jwks_url=provider.url)
        await verifier.verify(token())
        provider.stop()
        monkeypatch.setattr(signing_keys, "REFRESH_SECONDS", 0)
        await verifier.verify(token())
        with pytest.raises(ProblemError):
            await verifier.verify(token(key=OTHER_KEY, kid="new"))

    async def test_unknown_key_ids_do_not_make_us_flood_the_provider(
        self, provider: Provider, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(signing_keys, "RETRY_SECONDS", 60)
        verifier = TokenVerifier(issuer=ISSUER, audience=AUDIENCE, jwks_url=provider.url)
        for number in range(20):
            with pytest.raises(ProblemError):
                await verifier.verify(token(kid=f"unknown-{number}"))
        assert provider.requests == 1
