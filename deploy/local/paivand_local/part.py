"""What the launcher must know of a part of the network. One module per part says it; supervision.py runs it."""

import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from paivand_local.site import SetupError


class NotReadyError(Exception):
    """The part does not answer as it should yet; the text says why."""


def _nothing() -> None:
    return None


@dataclass(frozen=True)
class Part:
    """A long-running process and how to know that it works."""

    name: str
    command: list[str]
    ready: Callable[[], None]
    """Raises NotReadyError until the part serves."""
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    needs: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    user: str | None = None
    prepare: Callable[[], None] = _nothing
    """Runs before each start, when `needs` are ready. Raises SetupError."""
    complete: Callable[[], None] = _nothing
    """Runs when the part has become ready, before others that need it. Raises SetupError."""
    stop_signal: str = "TERM"
    stop_seconds: int = 20
    start_seconds: int = 60


def package_dir(package: str) -> Path:
    """Where a wheel with programs is installed. Found, not imported: some do odd things at import.

    Raises: SetupError when it is not installed.
    """
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise SetupError(f"the package {package} is not installed: run `make install`")
    return Path(found.submodule_search_locations[0])


def check_tcp(host: str, port: int) -> None:
    """Raises NotReadyError unless something accepts connections there."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError as error:
        raise NotReadyError(f"{host}:{port}: {error.strerror or error}") from error
