"""How a person signs in: authorization code with PKCE, by Keycloak's own pages, through the gateway."""

import base64
import hashlib
import html
import re
import secrets
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
from paivand_local import demonstration
from paivand_local.stack import Stack

pytestmark = pytest.mark.system

OIDC = "/auth/realms/paivand/protocol/openid-connect"


@pytest.fixture
def browser(stack: Stack):
    with demonstration.http_client(stack.site) as client:
        yield client


def ask_for_code(browser: httpx.Client, stack: Stack, **challenge: str) -> httpx.Response:
    query = {
        "client_id": "paivand",
        "redirect_uri": f"{stack.url}/",
        "response_type": "code",
        "scope": "openid",
        **challenge,
    }
    return browser.get(f"{OIDC}/auth", params=query)


def submit(browser: httpx.Client, page: httpx.Response, **fields: str) -> httpx.Response:
    """Send the page's form, to the gateway, with all cookies.

    Keycloak's cookies are Secure: browsers send them to localhost even without TLS, httpx does not.
    """
    action = re.search(r'action="([^"]+)"', page.text)
    assert action, page.text
    assert html.unescape(action[1]).startswith(f"{str(browser.base_url).rstrip('/')}/auth/")
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies.jar)
    return browser.post(html.unescape(action[1]), data=fields, headers={"Cookie": cookies})


def test_a_person_signs_in_with_a_code_and_its_proof(browser: httpx.Client, stack: Stack) -> None:
    verifier = secrets.token_urlsafe(48)
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    page = ask_for_code(browser, stack, code_challenge=digest, code_challenge_method="S256")
    # With organizations Keycloak asks for the name first (it may decide how to go on), then for the password.
    asked = submit(browser, page, username="zarina")
    answer = submit(browser, asked, username="zarina", password=stack.site.demonstration_password)
    assert answer.status_code == 302
    code = parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]
    form = {
        "grant_type": "authorization_code",
        "client_id": "paivand",
        "redirect_uri": f"{stack.url}/",
        "code": code,
        "code_verifier": verifier,
    }
    tokens = browser.post(f"{OIDC}/token", data=form).raise_for_status().json()
    token = tokens["access_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["azp"] == "paivand"
    assert claims["organization_id"] == str(demonstration.organizations()["mehrubon"].id)
    mine = browser.get("/directory/v1/organizations", headers={"Authorization": f"Bearer {token}"})
    assert mine.status_code == 200
    # An ID token says who signed in; it is no credential, although its audience has our name.
    by_id_token = browser.get("/directory/v1/organizations", headers={"Authorization": f"Bearer {tokens['id_token']}"})
    assert by_id_token.status_code == 401


def test_without_a_proof_there_is_no_code(browser: httpx.Client, stack: Stack) -> None:
    answer = ask_for_code(browser, stack)
    assert answer.status_code == 302
    assert "code_challenge" in answer.headers["location"]
    assert "error=invalid_request" in answer.headers["location"]


def test_codes_go_to_our_own_address_only(browser: httpx.Client, stack: Stack) -> None:
    query = {"client_id": "paivand", "redirect_uri": "https://evil.example/", "response_type": "code"}
    answer = browser.get(f"{OIDC}/auth", params=query)
    assert answer.status_code == 400
    assert "location" not in answer.headers
