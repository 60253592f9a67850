"""Secrets that stand in an address."""

import pytest
from fastapi import Request
from paivand_kit.problems import ProblemError
from paivand_kit.secret_links import SecretLink, digest_of, new_secret

REQUEST = Request({"type": "http"})


async def test_a_secret_is_found_by_its_digest_and_never_repeats() -> None:
    secrets = {new_secret() for _ in range(1000)}
    assert len(secrets) == 1000
    link = SecretLink("test:one:follow", "thing")
    for secret in secrets:
        assert await link(REQUEST, secret) == digest_of(secret)
        assert secret.encode() not in digest_of(secret)


@pytest.mark.parametrize("token", ["", "a" * 42, "a" * 44, "a" * 42 + "!", "a" * 42 + "\n", "ä" * 43])
async def test_what_cannot_be_one_is_not_found(token: str) -> None:
    with pytest.raises(ProblemError, match="no such thing"):
        await SecretLink("test:one:follow", "thing")(REQUEST, token)
