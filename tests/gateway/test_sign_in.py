"""How a person signs in: authorization code with PKCE, by Keycloak's own pages, through the gateway."""

from collections.abc import Iterator
from typing import Any

import pytest
from paivand_kit.step_up import SECOND_FACTOR
from paivand_local import demonstration
from paivand_local.stack import Stack

from tests.factories.browser import OIDC, Browser, RefusedError, claims_of, strong_token
from tests.gateway.edge import KeycloakAdmin

pytestmark = pytest.mark.system


@pytest.fixture
def browser(stack: Stack) -> Iterator[Browser]:
    with Browser.opened(stack.site) as browser:
        yield browser


def test_a_person_signs_in_with_a_code_and_its_proof(browser: Browser) -> None:
    tokens = browser.exchange(browser.enter_password(browser.ask_for_code(), "zarina"))
    claims = claims_of(tokens["access_token"])
    assert claims["azp"] == "paivand"
    assert claims["organization_id"] == str(demonstration.organizations()["mehrubon"].id)
    assert claims["acr"] == "1"
    path = "/directory/v1/organizations"
    assert browser.client.get(path, headers={"Authorization": f"Bearer {tokens['access_token']}"}).status_code == 200
    # An ID token says who signed in; it is no credential, although its audience has our name.
    by_id_token = browser.client.get(path, headers={"Authorization": f"Bearer {tokens['id_token']}"})
    assert by_id_token.status_code == 401


def test_without_a_proof_there_is_no_code(browser: Browser) -> None:
    answer = browser.ask_for_code(proof=False)
    assert answer.status_code == 302
    assert "code_challenge" in answer.headers["location"]
    assert "error=invalid_request" in answer.headers["location"]


def test_codes_go_to_our_own_address_only(browser: Browser) -> None:
    answer = browser.ask_for_code(redirect_uri="https://evil.example/")
    assert answer.status_code == 400
    assert "location" not in answer.headers


class TestSecondFactor:
    """`acr_values=2`: what reading an identity needs."""

    def test_password_and_one_time_code_make_a_strong_token(self, stack: Stack) -> None:
        claims = claims_of(strong_token(stack.site, "zarina"))
        assert (claims["acr"], claims["amr"]) == ("2", ["otp"])
        assert claims["iat"] - claims["auth_time"] < SECOND_FACTOR.max_age
        assert claims["organization_id"] == str(demonstration.organizations()["mehrubon"].id)

    def test_a_password_alone_does_not_get_there(self, browser: Browser) -> None:
        page = browser.enter_password(browser.ask_for_code(acr_values="2"), "dilnoza")
        assert page.status_code == 200
        assert 'name="otp"' in page.text
        refused = browser.submit(page, otp="000000")
        assert refused.status_code == 200
        assert "location" not in refused.headers

    def test_somebody_signed_in_is_asked_for_a_code_each_time(self, browser: Browser) -> None:
        browser.exchange(browser.enter_password(browser.ask_for_code(), "dilnoza"))
        for _ in range(2):
            page = browser.ask_for_code(acr_values="2")
            assert 'name="otp"' in page.text
            assert claims_of(browser.exchange(browser.enter_code(page))["access_token"])["acr"] == "2"
        # Without being asked for more, the session is worth a password again.
        back = browser.exchange(browser.ask_for_code())
        assert claims_of(back["access_token"])["acr"] == "1"

    def test_a_code_is_taken_once(self, browser: Browser, stack: Stack) -> None:
        page = browser.enter_password(browser.ask_for_code(acr_values="2"), "rustam")
        code = browser.entered_code(page)
        with Browser.opened(stack.site) as another:
            page = another.enter_password(another.ask_for_code(acr_values="2"), "rustam")
            assert another.submit(page, otp=code).status_code == 200

    def test_a_later_password_does_not_make_an_old_second_factor_fresh(self, browser: Browser, stack: Stack) -> None:
        """At another client of the same session. Keycloak keeps the level and moves the time, hence `amr`."""
        page = browser.enter_password(browser.ask_for_code(acr_values="2"), "farrukh")
        strong = browser.exchange(browser.enter_code(page))
        account = f"{stack.url}/auth/realms/paivand/account/"
        page = browser.ask_for_code(client_id="account-console", redirect_uri=account, prompt="login")
        assert browser.enter_password(page, "farrukh").status_code == 302
        claims = claims_of(refreshed(browser, strong)["access_token"])
        assert claims["acr"] == "2"
        assert claims["auth_time"] >= claims_of(strong["access_token"])["auth_time"]
        assert not set(claims["amr"]) & SECOND_FACTOR.methods

    def test_who_has_no_second_factor_cannot_set_one_up_with_a_password(
        self, browser: Browser, keycloak: KeycloakAdmin
    ) -> None:
        with keycloak.user("newcomer"):
            page = browser.enter_password(browser.ask_for_code(acr_values="2"), "newcomer")
            assert page.status_code == 400
            with pytest.raises(RefusedError):
                browser.exchange(page)

    def test_another_second_factor_needs_the_one_that_is_there(self, browser: Browser, stack: Stack) -> None:
        browser.exchange(browser.enter_password(browser.ask_for_code(), "farrukh"))
        account = f"{stack.url}/auth/realms/paivand/account/"
        for action in ("CONFIGURE_TOTP", "webauthn-register"):
            page = browser.ask_for_code(client_id="account-console", redirect_uri=account, kc_action=action)
            assert 'name="otp"' in page.text


def refreshed(browser: Browser, tokens: dict[str, Any]) -> dict[str, Any]:
    form = {"grant_type": "refresh_token", "client_id": "paivand", "refresh_token": tokens["refresh_token"]}
    return browser.client.post(f"{OIDC}/token", data=form).raise_for_status().json()
