"""The gateway under test: the network's own, and one beside it with mirrors behind."""

from collections.abc import Iterator

import pytest
from paivand_local import demonstration
from paivand_local.stack import Stack

from tests.gateway.edge import Edge, KeycloakAdmin, edge


@pytest.fixture(scope="package")
def mirrored(stack: Stack) -> Iterator[Edge]:
    """A gateway whose services answer with what they saw; keys are fetched every second."""
    with edge(stack, jwks_seconds=1, headers_timeout_seconds=1) as beside:
        yield beside


@pytest.fixture(scope="package")
def keycloak(stack: Stack) -> KeycloakAdmin:
    return KeycloakAdmin(stack.site)


@pytest.fixture
def token(stack: Stack) -> str:
    """A member of the shelter."""
    return demonstration.token(stack.site, "zarina")
