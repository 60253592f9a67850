"""A person's browser at Keycloak's pages, through the gateway: authorization code with PKCE, page by page."""

import base64
import hashlib
import html
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pyotp
from paivand_local import demonstration
from paivand_local.site import Site

OIDC = "/auth/realms/paivand/protocol/openid-connect"
# A code is taken once, but the ones before and after are taken too: three sign-ins of an account in half a minute.
CODE_OFFSETS = (0, -1, 1)


class RefusedError(AssertionError):
    """Keycloak shows another page than the one that was to come."""


class Browser:
    """Keeps Keycloak's cookies, so a second sign-in in it is one of somebody who is signed in."""

    def __init__(self, client: httpx.Client, site: Site) -> None:
        self.client, self.site = client, site
        self._verifier = secrets.token_urlsafe(48)

    @classmethod
    @contextmanager
    def opened(cls, site: Site) -> Iterator[Self]:
        with demonstration.http_client(site) as client:
            yield cls(client, site)

    def ask_for_code(self, *, proof: bool = True, **query: str) -> httpx.Response:
        """What Keycloak shows first: a page, or at once the way back."""
        digest = base64.urlsafe_b64encode(hashlib.sha256(self._verifier.encode()).digest()).rstrip(b"=").decode()
        usual = {
            "client_id": "paivand",
            "redirect_uri": f"{self.site.public_url}/",
            "response_type": "code",
            "scope": "openid",
        }
        challenge = {"code_challenge": digest, "code_challenge_method": "S256"} if proof else {}
        return self.client.get(f"{OIDC}/auth", params=usual | challenge | query, headers=self._cookies())

    def submit(self, page: httpx.Response, **fields: str) -> httpx.Response:
        """Send the page's form, to the gateway."""
        action = re.search(r'action="([^"]+)"', page.text)
        assert action, page.text
        target = html.unescape(action[1])
        assert target.startswith(f"{str(self.client.base_url).rstrip('/')}/auth/")
        return self.client.post(target, data=fields, headers=self._cookies())

    def _cookies(self) -> dict[str, str]:
        """Keycloak's cookies are Secure: browsers send them to localhost even without TLS, httpx does not."""
        return {"Cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.client.cookies.jar)}

    def exchange(self, back: httpx.Response) -> dict[str, Any]:
        """The tokens for the code that came back."""
        if back.status_code != 302 or "code=" not in back.headers["location"]:
            raise RefusedError(f"{back.status_code} {back.headers.get('location')} {_shown(back)}")
        form = {
            "grant_type": "authorization_code",
            "client_id": "paivand",
            "redirect_uri": f"{self.site.public_url}/",
            "code": parse_qs(urlsplit(back.headers["location"]).query)["code"][0],
            "code_verifier": self._verifier,
        }
        return self.client.post(f"{OIDC}/token", data=form).raise_for_status().json()

    def enter_password(self, page: httpx.Response, username: str) -> httpx.Response:
        return self.submit(page, username=username, password=self.site.demonstration_password)

    def enter_code(self, page: httpx.Response) -> httpx.Response:
        """A one-time code of the authenticator app, one that was not used before."""
        return self._try_codes(page)[1]

    def entered_code(self, page: httpx.Response) -> str:
        """The same, and which code it was."""
        return self._try_codes(page)[0]

    def _try_codes(self, page: httpx.Response) -> tuple[str, httpx.Response]:
        app = pyotp.TOTP(self.site.demonstration_totp)
        for offset in CODE_OFFSETS:
            code = app.at(time.time() + app.interval * offset)
            page = self.submit(page, otp=code)
            if page.status_code == 302:
                return code, page
        raise RefusedError(_shown(page))

    def sign_in_strongly(self, username: str) -> str:
        """An access token with `acr` 2: password and one-time code."""
        page = self.enter_password(self.ask_for_code(acr_values="2"), username)
        return self.exchange(self.enter_code(page))["access_token"]


def _shown(page: httpx.Response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))[-600:]


_strong: dict[tuple[str, str], str] = {}


def strong_token(site: Site, username: str) -> str:
    """An access token of a demonstration account that just signed in with a second factor.

    Kept for two minutes: codes are few (see above), and what asks for a fresh sign-in takes five.
    """
    known = _strong.get((site.issuer, username))
    if known is None or time.time() - claims_of(known)["auth_time"] > 120:
        with Browser.opened(site) as browser:
            known = _strong[site.issuer, username] = browser.sign_in_strongly(username)
    return known


def claims_of(token: str) -> dict[str, Any]:
    """What a token says, unverified."""
    return jwt.decode(token, options={"verify_signature": False})
