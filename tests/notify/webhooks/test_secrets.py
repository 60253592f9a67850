"""Signing secrets."""

import base64

import pytest
from cryptography.fernet import Fernet, InvalidToken
from paivand_notify.webhooks.secrets import SecretBox, is_secret, new_secret
from pydantic import SecretStr


def test_new_secrets_are_in_form_and_differ() -> None:
    made = {new_secret() for _ in range(100)}
    assert len(made) == 100
    assert all(map(is_secret, made))


@pytest.mark.parametrize(
    ("secret", "is_good"),
    [
        ("whsec_" + base64.b64encode(bytes(24)).decode(), True),
        ("whsec_" + base64.b64encode(bytes(64)).decode(), True),
        ("whsec_" + base64.b64encode(bytes(23)).decode(), False),
        ("whsec_" + base64.b64encode(bytes(65)).decode(), False),
        (base64.b64encode(bytes(32)).decode(), False),
        ("whsec_not base64", False),
        ("whsec_", False),
    ],
)
def test_form(secret: str, is_good: bool) -> None:
    assert is_secret(secret) is is_good


def test_box_opens_only_with_its_key() -> None:
    box, other = (SecretBox(SecretStr(Fernet.generate_key().decode())) for _ in range(2))
    secret = new_secret()
    locked = box.lock(secret)
    assert secret.encode() not in locked
    assert box.open(locked) == secret
    with pytest.raises(InvalidToken):
        other.open(locked)
