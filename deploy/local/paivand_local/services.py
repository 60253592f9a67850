"""directory, referral and notify under granian on Unix sockets, and their migrations."""

import http.client
import json
import os
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

from paivand_local.part import NotReadyError, Part
from paivand_local.site import ROOT, SetupError, Site

# Worker processes: referrals are where the load is.
WORKERS = {"directory": "1", "referral": "2", "notify": "1"}


def factory(service: str) -> Callable[[Site], Part]:
    """How to make the part of one service."""
    return lambda site: _part(site, service)


def _part(site: Site, service: str) -> Part:
    # Relative to the state directory, where every part runs: a socket's path may not be long.
    # A process that was killed leaves its socket behind, and the next one could not bind to it.
    return Part(
        name=service,
        command=[
            *("/bin/sh", "-c", 'rm -f "$0" && exec "$@"', f"run/{service}.sock"),
            *(str(Path(sysconfig.get_path("scripts")) / "granian"), "--interface", "asgi", "--factory"),
            *(f"paivand_{service}.app:create_app", "--uds", f"run/{service}.sock", "--workers", WORKERS[service]),
            *("--loop", "uvloop", "--no-ws", "--log-level", "warning", "--workers-kill-timeout", "10"),
        ],
        environment={**site.service_environment(service), "PYTHONUNBUFFERED": "1"},
        needs=("postgres", "nats"),
        prepare=lambda: _prepare(site, service),
        ready=lambda: _check(site.run_dir / f"{service}.sock"),
        stop_seconds=30,
    )


def _prepare(site: Site, service: str) -> None:
    if service == "referral":
        # Here, since the other commands need not wait for it.
        from paivand_referral.identities.index import BlindIndex
        from paivand_referral.vault.keys import LocalKeyFile

        LocalKeyFile.create(site.vault_key_file)
        BlindIndex.create(site.index_key_file)
    migrate(site, service)


def migrate(site: Site, service: str) -> None:
    """Bring a service's database to the newest revision.

    Raises: SetupError with the last line of what went wrong.
    """
    migrations = ROOT / "services" / service / "migrations"
    done = subprocess.run(
        [sys.executable, "-m", "paivand_kit.migrations", str(migrations)],
        env={
            "PATH": os.environ["PATH"],
            "PAIVAND_MIGRATION_URL": site.database_url(f"{service}_owner", service),
            "PAIVAND_VAULT_KEY_FILE": str(site.vault_key_file),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        (site.logs_dir / f"{service}-migration.log").write_text(done.stdout + done.stderr)
        last = (done.stderr.strip().splitlines() or ["no output"])[-1]
        raise SetupError(f"migrating {service} failed: {last} (whole output: {site.logs_dir}/{service}-migration.log)")


class _SocketConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=3)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def _check(path: Path) -> None:
    connection = _SocketConnection(path)
    try:
        connection.request("GET", "/health/ready")
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise NotReadyError(str(error)) from error
    finally:
        connection.close()
    if answer.status != 200 or "unreachable" in json.loads(body or b"{}").values():
        raise NotReadyError(body.decode(errors="replace"))
