"""What the realm file promises, as written and as Keycloak imported it."""

import json
from typing import Any

import httpx
import jwt
import pytest
from paivand_local import demonstration
from paivand_local.stack import Stack

from tests.gateway.edge import KeycloakAdmin


@pytest.fixture(scope="module")
def realm() -> dict[str, Any]:
    return json.loads(demonstration.REALM_FILE.read_text())


def test_nothing_secret_is_in_the_file(realm: dict[str, Any]) -> None:
    for user in realm["users"]:
        for credential in user.get("credentials", []):
            secret = json.loads(credential.get("secretData", "{}")).get("value") or credential["value"]
            assert secret in {"${PAIVAND_DEMONSTRATION_PASSWORD}", "${PAIVAND_DEMONSTRATION_TOTP}"}
    for client in realm["clients"]:
        assert "secret" not in client


def test_service_accounts_prove_themselves_with_a_key(realm: dict[str, Any]) -> None:
    accounts = [each for each in realm["clients"] if not each["publicClient"]]
    assert len(accounts) == 4
    for each in accounts:
        assert each["clientAuthenticatorType"] == "client-jwt"
        [key] = json.loads(each["attributes"]["jwks.string"])["keys"]
        assert key["x"].startswith("${")
        assert "d" not in key


def test_everything_of_the_demonstration_can_be_switched_off(realm: dict[str, Any]) -> None:
    always = {"paivand", "paivand-directory", "admin-cli"}
    switched = (
        [each for each in realm["users"] if each.get("serviceAccountClientId") not in always]
        + realm["organizations"]
        + [each for each in realm["clients"] if each["clientId"] not in always]
    )
    assert {each["enabled"] for each in switched} == {"${PAIVAND_DEMONSTRATION}"}


def test_only_the_demonstrations_client_takes_passwords(realm: dict[str, Any]) -> None:
    takers = [each["clientId"] for each in realm["clients"] if each["directAccessGrantsEnabled"]]
    assert takers == ["paivand-demonstration"]
    built_in = next(each for each in realm["clients"] if each["clientId"] == "admin-cli")
    assert built_in["enabled"] is False


def test_a_systems_organization_comes_from_one_mapper(realm: dict[str, Any]) -> None:
    """Its account is a member, too: with Keycloak's own scope the claim would be written twice, as a list."""
    for client in realm["clients"]:
        if client["clientId"].startswith("integrator-"):
            assert "organization" in [mapper["name"] for mapper in client["protocolMappers"]]
            assert "organization" not in client["defaultClientScopes"]


def test_people_sign_in_with_code_and_proof_only(realm: dict[str, Any]) -> None:
    people = next(each for each in realm["clients"] if each["clientId"] == "paivand")
    assert people["standardFlowEnabled"]
    assert not people["directAccessGrantsEnabled"]
    assert not people["implicitFlowEnabled"]
    assert people["attributes"]["pkce.code.challenge.method"] == "S256"


def test_nobody_can_change_their_own_organization(realm: dict[str, Any]) -> None:
    component = realm["components"]["org.keycloak.userprofile.UserProfileProvider"][0]
    profile = json.loads(component["config"]["kc.user.profile.config"][0])
    attribute = next(each for each in profile["attributes"] if each["name"] == "organization_id")
    assert attribute["permissions"] == {"view": ["admin"], "edit": ["admin"]}
    assert "unmanagedAttributePolicy" not in profile


@pytest.mark.system
class TestTokens:
    def test_a_members_token_says_what_services_need_and_no_name(self, stack: Stack) -> None:
        claims = jwt.decode(demonstration.token(stack.site, "zarina"), options={"verify_signature": False})
        shelter = demonstration.organizations()["mehrubon"]
        assert claims["iss"] == stack.site.issuer
        assert claims["aud"] == "paivand"
        assert claims["organization_id"] == str(shelter.id)
        assert claims["organization"] == {"mehrubon": {"id": str(shelter.id)}}
        assert set(claims["roles"]) == {"member", "manager"}
        assert claims["email_verified"] is True
        assert claims["exp"] - claims["iat"] == 300
        assert not {"given_name", "family_name", "name"} & set(claims)

    def test_a_coordinator_belongs_to_no_organization(self, stack: Stack) -> None:
        claims = jwt.decode(demonstration.token(stack.site, "nigora"), options={"verify_signature": False})
        assert claims["roles"] == ["coordinator"]
        assert "organization_id" not in claims

    @pytest.mark.parametrize("client", ["paivand", "admin-cli"])
    def test_outside_the_demonstration_no_client_gives_a_token_for_a_password(self, stack: Stack, client: str) -> None:
        with pytest.raises(httpx.HTTPStatusError, match=r"40[01]"):
            KeycloakAdmin(stack.site).token(client, "zarina")

    def test_a_members_system_belongs_to_its_organization(self, stack: Stack) -> None:
        """So that a suspension finds it."""
        for alias, organization in demonstration.organizations().items():
            members = KeycloakAdmin(stack.site).members(str(organization.id))
            assert f"service-account-integrator-{alias}" in members
