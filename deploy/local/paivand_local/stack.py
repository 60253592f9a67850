"""The running network of one site: starts the parts in order, each when what it needs is ready."""

import os
import signal
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from paivand_local import envoy, keycloak, mail, nats, postgres, services
from paivand_local.part import NotReadyError, Part
from paivand_local.site import LOOPBACK, SERVICES, SetupError, Site
from paivand_local.supervision import Supervisor

FACTORIES: dict[str, Callable[[Site], Part]] = {
    "postgres": postgres.part,
    "nats": nats.part,
    "mail": mail.part,
    "keycloak": keycloak.part,
    **{service: services.factory(service) for service in SERVICES},
    "envoy": envoy.part,
}
"""In the order of starting; stopped in reverse."""

Report = Callable[[str, float], None]


def _silent(_step: str, _seconds: float) -> None:
    return None


@dataclass(frozen=True)
class State:
    """How a part is now."""

    name: str
    state: str
    """`ready`, or what supervisord calls it: starting, backoff, fatal, stopped."""
    pid: int
    seconds_up: int
    restarts: int
    reason: str

    @property
    def is_ready(self) -> bool:
        return self.state == "ready"


class Stack:
    """The parts of a site, as processes. Not thread-safe."""

    def __init__(self, site: Site, parts: Sequence[str] = tuple(FACTORIES)) -> None:
        self.site = site
        self._names = [name for name in FACTORIES if name in parts]
        self._supervisor = Supervisor(site)
        self._parts: dict[str, Part] = {}

    @property
    def url(self) -> str:
        """Where the public finds the network."""
        return self.site.public_url

    def start(self, *, bound_to_us: bool = True, report: Report = _silent) -> None:
        """Start every part and return when all are ready; when one fails, nothing is left running.

        Raises: SetupError with what failed and what to do.
        """
        self.site.create()
        if self._supervisor.is_running():
            raise SetupError(
                f"already running in {self.site.state_dir}: see `paivand status`, or stop it with `paivand down`"
            )
        self._supervisor.end_leftovers()
        self._parts = {name: FACTORIES[name](self.site) for name in self._names}
        self._check_ports()
        try:
            self._supervisor.launch(self._parts.values(), bound_to_us=bound_to_us)
            self._start_in_order(report)
        except BaseException:
            self._supervisor.shutdown()
            raise

    def _start_in_order(self, report: Report) -> None:
        waiting: dict[str, float] = {}
        for part in self._parts.values():
            self._await(part.needs, waiting, report)
            began = time.monotonic()
            part.prepare()
            self._supervisor.start(part.name)
            waiting[part.name] = began
        self._await(tuple(waiting), waiting, report)

    def _await(self, wanted: Sequence[str], waiting: dict[str, float], report: Report) -> None:
        """Take out of `waiting` what has become ready, until all that is wanted has."""
        while True:
            for name in [name for name in waiting if self._is_ready(self._parts[name], since=waiting[name])]:
                self._parts[name].complete()
                report(name, time.monotonic() - waiting.pop(name))
            if not any(name in waiting for name in wanted):
                return
            time.sleep(0.1)

    def _is_ready(self, part: Part, since: float) -> bool:
        """Whether the part serves.

        Raises: SetupError when its process died or it takes too long.
        """
        state = self._supervisor.info(part.name)["statename"]
        if state in {"BACKOFF", "EXITED", "FATAL"}:
            raise SetupError(f"{part.name} died: {self._last_words(part.name)} (whole log: {self._log(part.name)})")
        try:
            part.ready()
        except NotReadyError as error:
            if time.monotonic() - since > part.start_seconds:
                raise SetupError(
                    f"{part.name} is not ready after {part.start_seconds} s: {error} (log: {self._log(part.name)})"
                ) from error
            return False
        return True

    def wait_ready(self, name: str) -> None:
        """Return when the part serves.

        Raises: SetupError when its process died or it takes too long.
        """
        since = time.monotonic()
        while not self._is_ready(self._part(name), since):
            time.sleep(0.1)

    def is_running(self) -> bool:
        """Whether a supervisor runs, in the foreground or not."""
        return self._supervisor.is_running()

    def wait(self) -> None:
        """Return when the supervisor has ended, which somebody else asked for (`paivand down`)."""
        while self._supervisor.is_running():
            time.sleep(1)

    def states(self) -> list[State]:
        """How each part is, by supervisord and by asking the part itself."""
        running = self._supervisor.is_running()
        return [self._state(name) if running else State(name, "stopped", 0, 0, 0, "") for name in self._names]

    def _state(self, name: str) -> State:
        info = self._supervisor.info(name)
        uptime = info["now"] - info["start"] if info["pid"] else 0
        state, reason = info["statename"].lower(), info["spawnerr"]
        if state in {"running", "starting"}:
            try:
                self._part(name).ready()
                state = "ready"
            except NotReadyError as error:
                reason = str(error)
        return State(name, state, info["pid"], uptime, self._supervisor.restarts(name), reason)

    def stop(self) -> None:
        """Stop everything in order. Nothing happens when nothing runs."""
        self._supervisor.shutdown()

    def stop_part(self, name: str) -> None:
        """Stop one part properly; it stays down until `start_part`."""
        self._supervisor.stop(name)

    def start_part(self, name: str) -> None:
        self._part(name).prepare()
        self._supervisor.start(name)
        self.wait_ready(name)

    def restart(self, name: str) -> None:
        self.stop_part(name)
        self.start_part(name)

    def pid(self, name: str) -> int:
        """The process id, 0 when the part does not run now."""
        return self._supervisor.info(name)["pid"]

    def kill(self, name: str) -> int:
        """kill -9 the part with all its processes; the supervisor starts it again. Returns the process id it had."""
        pid = self.pid(name)
        os.killpg(pid, signal.SIGKILL)
        return pid

    def env(self, service: str) -> dict[str, str]:
        """The environment that a service's process gets."""
        return self.site.service_environment(service)

    def _part(self, name: str) -> Part:
        if name not in self._parts:
            self._parts[name] = FACTORIES[name](self.site)
        return self._parts[name]

    def _log(self, name: str) -> str:
        return str(self.site.logs_dir / f"{name}.log")

    def _last_words(self, name: str) -> str:
        lines = (self.site.logs_dir / f"{name}.log").read_text(errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else self._supervisor.info(name)["spawnerr"] or "it said nothing"

    def _check_ports(self) -> None:
        for part in self._parts.values():
            for port in part.ports:
                try:
                    socket.create_server((LOOPBACK, port)).close()
                except OSError as error:
                    raise SetupError(
                        f"port {port}, wanted by {part.name}, is in use ({error.strerror}): end what uses it, "
                        f"or choose others with `paivand up --port N` (or in {self.site.state_dir}/ports.toml)"
                    ) from error
