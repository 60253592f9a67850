"""A bound token is taken with a proof of its key, and with nothing else (RFC 9449)."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI
from jwt.algorithms import ECAlgorithm
from paivand_contracts.codes import Role
from paivand_contracts.problems import ProblemType
from paivand_kit import dpop, problems
from paivand_kit.caller import Caller, Requires
from paivand_kit.database import Database
from paivand_kit.dpop import DpopProofRow, ProofVerifier, key_thumbprint
from paivand_kit.step_up import SECOND_FACTOR
from paivand_local.testing import PostgresServer
from sqlalchemy import func, select, text

from tests.factories.dpop import ClientKey
from tests.factories.tokens import token, verifier

pytestmark = pytest.mark.integration
PUBLIC = "https://paivand.example"
THING = f"{PUBLIC}/directory/v1/thing"
Reader = Annotated[Caller, Depends(Requires("test:thing:read", {Role.MEMBER}, member_only=False))]
StrongReader = Annotated[
    Caller, Depends(Requires("test:identity:read", {Role.MEMBER}, member_only=False, step_up=SECOND_FACTOR))
]


def an_app(database: Database) -> FastAPI:
    """As one worker has it; several share the database."""
    router = APIRouter()

    @router.get("/directory/v1/thing")
    async def thing(caller: Reader) -> str:
        return caller.subject

    @router.get("/directory/v1/identity")
    async def identity(caller: StrongReader) -> str:
        return caller.subject

    app = FastAPI()
    app.state.verifier, app.state.proofs = verifier(), ProofVerifier(database, PUBLIC)
    problems.install(app)
    app.include_router(router)
    return app


@pytest.fixture
async def client(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    # What the gateway speaks to is not what the public sees.
    async with httpx.AsyncClient(transport=httpx.ASGITransport(an_app(database)), base_url="http://x") as client:
        yield client


@pytest.fixture
def key() -> ClientKey:
    return ClientKey()


@pytest.fixture
def bound(key: ClientKey) -> str:
    """A token that is bound to the key."""
    return token(cnf=key.confirmation)


async def get(client: httpx.AsyncClient, sent: str, *proofs: str, scheme: str = "DPoP") -> httpx.Response:
    headers = [("Authorization", f"{scheme} {sent}"), *(("DPoP", proof) for proof in proofs)]
    return await client.get("/directory/v1/thing", params={"limit": "5"}, headers=headers)


async def test_bound_token_with_its_proof_is_taken(client: httpx.AsyncClient, key: ClientKey, bound: str) -> None:
    for spelling in (THING, THING + "?limit=5", "HTTPS://Paivand.Example:443/directory/v1/%74hing"):
        assert (await get(client, bound, key.proof("GET", spelling, bound))).status_code == 200


@pytest.mark.parametrize(
    ("claims", "header"),
    [
        pytest.param({"htm": "POST"}, {}, id="another method"),
        pytest.param({"htu": f"{PUBLIC}/directory/v1/other"}, {}, id="another path"),
        pytest.param({"htu": "https://elsewhere.example/directory/v1/thing"}, {}, id="another host"),
        pytest.param({"htu": "http://paivand.example/directory/v1/thing"}, {}, id="another scheme"),
        pytest.param({"htu": "https://[paivand/directory/v1/thing"}, {}, id="no address"),
        pytest.param({"htu": 1}, {}, id="address is a number"),
        pytest.param({"iat": int(time.time()) - 3600}, {}, id="old"),
        pytest.param({"iat": int(time.time()) + 3600}, {}, id="made in advance"),
        pytest.param({"iat": "now"}, {}, id="time is a text"),
        pytest.param({"ath": "AAAA"}, {}, id="another token"),
        pytest.param({"ath": None}, {}, id="no token"),
        pytest.param({"jti": None}, {}, id="no id"),
        pytest.param({"jti": 7}, {}, id="id is a number"),
        pytest.param({}, {"typ": "JWT"}, id="another type"),
        pytest.param({}, {"alg": "none"}, id="unsigned"),
        pytest.param({}, {"alg": "HS256"}, id="a shared secret"),
        pytest.param({}, {"jwk": None}, id="no key"),
        pytest.param({}, {"jwk": {"kty": "oct", "k": "AAAA"}}, id="a symmetric key"),
        pytest.param({}, {"jwk": ClientKey().public}, id="another key"),
    ],
)
async def test_wrong_proof_is_refused(
    client: httpx.AsyncClient, key: ClientKey, bound: str, claims: dict[str, Any], header: dict[str, Any]
) -> None:
    refused = await get(client, bound, key.proof("GET", THING, bound, header=header, **claims))
    assert_refused(refused)


async def test_proof_of_a_thief_is_refused(client: httpx.AsyncClient, key: ClientKey, bound: str) -> None:
    """Signed by another key under ours; with another key entirely; and with ours shown whole."""
    thief = ClientKey()
    assert_refused(await get(client, bound, thief.proof("GET", THING, bound, header={"jwk": key.public})))
    assert_refused(await get(client, bound, thief.proof("GET", THING, bound)))
    private: dict[str, Any] = ECAlgorithm.to_jwk(key.private, as_dict=True)
    assert_refused(await get(client, bound, key.proof("GET", THING, bound, header={"jwk": private})))


async def test_without_a_proof_it_is_nothing(client: httpx.AsyncClient, key: ClientKey, bound: str) -> None:
    assert_refused(await get(client, bound))
    assert_refused(await get(client, bound, *(key.proof("GET", THING, bound) for _ in range(2))))
    assert_refused(await get(client, bound, "x" * 5000))
    as_bearer = await get(client, bound, key.proof("GET", THING, bound), scheme="Bearer")
    assert as_bearer.status_code == 401


async def test_unbound_token_does_not_pass_for_a_bound_one(client: httpx.AsyncClient, key: ClientKey) -> None:
    unbound = token()
    assert (await get(client, unbound, scheme="Bearer")).status_code == 200
    assert (await get(client, unbound, key.proof("GET", THING, unbound))).status_code == 401


@pytest.mark.parametrize("cnf", [{"x5t#S256": "AAAA"}, {}, {"jkt": None}, {"jkt": 1}, "jkt", []])
async def test_token_bound_in_another_way_is_refused(client: httpx.AsyncClient, cnf: object) -> None:
    for kind in ("Bearer", "DPoP"):
        for scheme in ("Bearer", "DPoP"):
            assert (await get(client, token(cnf=cnf, typ=kind), scheme=scheme)).status_code == 401


async def test_proof_is_good_once_in_all_workers(database: Database, key: ClientKey, bound: str) -> None:
    proof = key.proof("GET", THING, bound)
    workers = [httpx.AsyncClient(transport=httpx.ASGITransport(an_app(database)), base_url="http://x") for _ in "ab"]
    answers = await asyncio.gather(*(get(worker, bound, proof) for worker in workers * 5))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 9
    assert_refused(await get(workers[0], bound, proof))


async def test_another_clients_proof_may_have_the_same_id(client: httpx.AsyncClient) -> None:
    for each in (ClientKey(), ClientKey()):
        sent = token(cnf=each.confirmation)
        assert (await get(client, sent, each.proof("GET", THING, sent, jti="1"))).status_code == 200


async def test_step_up_names_the_scheme_of_the_token(client: httpx.AsyncClient, key: ClientKey, bound: str) -> None:
    url = f"{PUBLIC}/directory/v1/identity"
    headers = {"Authorization": f"DPoP {bound}", "DPoP": key.proof("GET", url, bound)}
    answer = await client.get("/directory/v1/identity", headers=headers)
    assert answer.headers["www-authenticate"].startswith('DPoP error="insufficient_user_authentication"')


async def test_used_proofs_are_forgotten_when_they_are_old(
    client: httpx.AsyncClient, database: Database, kit_postgres: PostgresServer, key: ClientKey, bound: str
) -> None:
    assert (await get(client, bound, key.proof("GET", THING, bound))).status_code == 200
    owner = Database(kit_postgres.owner_url("directory"))
    async with owner.transaction() as session:
        await session.execute(text("UPDATE dpop_proofs SET used_at = used_at - interval '6 minutes'"))
    await owner.close()
    fresh = key.proof("GET", THING, bound)
    assert (await get(client, bound, fresh)).status_code == 200
    await dpop.forget_old_proofs(database)
    async with database.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(DpopProofRow)) == 1
    assert_refused(await get(client, bound, fresh))


def test_thumbprint_is_that_of_the_specification() -> None:
    """RFC 7638 section 3.1; members that do not identify the key do not count."""
    n = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknj"
        "hMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQ"
        "vRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzK"
        "nqDKgw"
    )
    key = {"kty": "RSA", "n": n, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"}
    assert key_thumbprint(key) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


def assert_refused(answer: httpx.Response) -> None:
    assert answer.status_code == 401
    assert answer.json()["type"] == ProblemType.UNAUTHENTICATED.urn
    assert answer.headers["www-authenticate"].startswith('DPoP error="invalid_dpop_proof", algs="ES256 ')
