"""Fixtures that start real parts on free ports, once per run. What they start lives in the launcher, not here."""

from collections.abc import Iterator

import pytest
from paivand_local.stack import Stack
from paivand_local.testing import NatsServer, PostgresServer, running_stack, temporary_site

from tests.factories.collector import Collector


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server. A service's database is migrated when a test first asks for its URL."""
    with temporary_site() as site, PostgresServer.running(site) as server:
        yield server


@pytest.fixture(scope="session")
def nats() -> Iterator[NatsServer]:
    """A NATS server with JetStream and the users of deploy/nats/nats.conf."""
    with temporary_site() as site, NatsServer.running(site) as server:
        yield server


@pytest.fixture(scope="session")
def collector() -> Iterator[Collector]:
    """Where gateway and services of the stack send their traces and metrics."""
    with Collector.running() as collector:
        yield collector


@pytest.fixture(scope="session")
def stack(collector: Collector) -> Iterator[Stack]:
    """The whole network behind its gateway, seeded, with the demonstration accounts. Leave it as you found it."""
    with running_stack(telemetry=collector.environment) as running:
        yield running
