"""What tests start, as `make up` does it: the whole network, PostgreSQL with migrated databases, or NATS."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from rich.console import Console

from paivand_local import keycloak_files, seed
from paivand_local.services import migrate
from paivand_local.site import LOOPBACK, Ports, Site
from paivand_local.stack import Stack

Settings = dict[str, dict[str, str]]

FAST: Settings = {
    "referral": {
        "PAIVAND_OVERDUE_CHECK_SECONDS": "1",
        "PAIVAND_RESPOND_WITHIN": '{"stat": "PT2S", "asap": "PT4H", "urgent": "PT24H", "routine": "PT72H"}',
    },
    "notify": {"PAIVAND_WEBHOOK_RETRY_SECONDS": "[1, 1, 2, 5, 10]"},
}
"""Waits of minutes and hours made short; nothing else differs from `make up`."""


@contextmanager
def running_stack(
    settings: Settings = FAST, telemetry: dict[str, str] | None = None, **gateway: Any
) -> Iterator[Stack]:
    """The whole network, seeded, in a temporary site. `gateway`: fields of gateway.Listener that shall differ."""
    keycloak_files.ensure(Console(stderr=True))
    with temporary_site(settings, {"requests_per_second": 100_000, **gateway}, telemetry) as site:
        stack = Stack(site)
        stack.start()
        try:
            seed.seed(site)
            yield stack
        finally:
            stack.stop()


@contextmanager
def temporary_site(
    settings: Settings | None = None,
    gateway: dict[str, Any] | None = None,
    telemetry: dict[str, str] | None = None,
) -> Iterator[Site]:
    """A site on free ports; its directory is removed at the end."""
    state_dir = Path(tempfile.mkdtemp(prefix="paivand-"))
    os.chmod(state_dir, 0o711)  # noqa: S103 - the database's own account passes through
    try:
        yield Site(state_dir, Ports.free(), settings=settings or {}, gateway=gateway or {}, telemetry=telemetry or {})
    finally:
        shutil.rmtree(state_dir, ignore_errors=True)


class PostgresServer:
    """A running PostgreSQL with the roles and databases of deploy/postgres/init.sql."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._migrated: set[str] = set()

    @classmethod
    @contextmanager
    def running(cls, site: Site) -> Iterator[Self]:
        stack = Stack(site, parts=("postgres",))
        stack.start()
        try:
            yield cls(stack)
        finally:
            stack.stop()

    def url(self, service: str) -> str:
        """SQLAlchemy URL of the service's own role (not the owner) in its migrated database."""
        self._migrate(service)
        return self._stack.site.database_url(service, service)

    def owner_url(self, service: str) -> str:
        """SQLAlchemy URL of the role that owns the service's migrated database."""
        self._migrate(service)
        return self._stack.site.database_url(f"{service}_owner", service)

    def admin_url(self, database: str) -> str:
        """SQLAlchemy URL of the superuser, as whoever has seized the server would come."""
        return self._stack.site.database_url("postgres", database)

    def _migrate(self, service: str) -> None:
        if service not in self._migrated:
            migrate(self._stack.site, service)
            self._migrated.add(service)


class NatsServer:
    """A running NATS server."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack

    @classmethod
    @contextmanager
    def running(cls, site: Site) -> Iterator[Self]:
        stack = Stack(site, parts=("nats",))
        stack.start()
        try:
            yield cls(stack)
        finally:
            stack.stop()

    @property
    def url(self) -> str:
        return f"nats://{LOOPBACK}:{self._stack.site.ports.nats}"

    def credentials(self, user: str) -> tuple[str, str]:
        """User name and password of a service's NATS user."""
        return user, self._stack.site.secret(f"{user}_nats_password")

    def stop(self) -> None:
        self._stack.stop_part("nats")

    def start(self) -> None:
        self._stack.start_part("nats")

    def wipe(self) -> None:
        """Delete everything JetStream stored. Only while stopped."""
        shutil.rmtree(self._stack.site.state_dir / "nats", ignore_errors=True)
