"""Runs the parts under supervisord: restarts what crashes, keeps and rotates logs, stops in reverse order."""

import contextlib
import ctypes
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, ServerProxy

import psutil
from supervisor.xmlrpc import SupervisorTransport

from paivand_local.part import Part
from paivand_local.site import SetupError, Site

MARK = "PAIVAND_SITE"
"""In the environment of every process of a site: how we find what a killed supervisord left behind."""
PR_SET_PDEATHSIG = 1


class Supervisor:
    """supervisord of one site, running or not."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._config = site.run_dir / "supervisord.conf"
        self._socket = site.run_dir / "supervisor.sock"
        self._pid_file = site.run_dir / "supervisord.pid"
        self.log = site.logs_dir / "supervisord.log"

    @property
    def _rpc(self) -> Any:
        # The host is only a name; the transport connects to the socket.
        transport = SupervisorTransport(None, None, f"unix://{self._socket}")
        return ServerProxy("http://127.0.0.1", transport=transport).supervisor

    def is_running(self) -> bool:
        try:
            return self._rpc.getState()["statename"] == "RUNNING"
        except (OSError, Fault):
            return False

    def launch(self, parts: Iterable[Part], *, bound_to_us: bool) -> None:
        """Start supervisord, no part yet. `bound_to_us`: it stops everything when this process dies, however it dies.

        Raises: SetupError when supervisord does not start.
        """
        _write_private(self._config, _configuration(self._site, self, parts))
        self.log.unlink(missing_ok=True)
        arguments = [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(self._config)]
        kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "TMPDIR", "TZ") if key in os.environ}
        with (self._site.logs_dir / "supervisord.out").open("wb") as output:
            process = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd=self._site.state_dir,
                env={**kept, MARK: str(self._site.state_dir)},
                preexec_fn=_die_with_parent if bound_to_us and sys.platform == "linux" else None,
            )
        deadline = time.monotonic() + 20
        while not self.is_running():
            if process.poll() is not None or time.monotonic() > deadline:
                raise SetupError(f"the supervisor did not start; see {self._site.logs_dir}/supervisord.out")
            time.sleep(0.05)

    def shutdown(self, *, timeout: float = 330) -> None:
        """Stop all parts, last started first, then supervisord; then whatever a killed supervisord had left behind."""
        if self._pid_file.exists() and self.is_running():
            supervisor = psutil.Process(self._rpc.getPID())
            self._rpc.shutdown()
            supervisor.wait(timeout)
        self.end_leftovers()
        for file in (self._config, self._socket, self._pid_file):
            file.unlink(missing_ok=True)

    def end_leftovers(self) -> list[str]:
        """End processes of this site that no supervisor looks after any more. Returns their names."""
        mine = [process for process in psutil.process_iter(["pid", "ppid", "name"]) if self._is_ours(process)]
        pids = {process.pid for process in mine}
        heads = [process for process in mine if process.info["ppid"] not in pids]
        for process in heads:
            with contextlib.suppress(psutil.NoSuchProcess):
                # PostgreSQL: INT is the fast shutdown, TERM would wait for its clients.
                process.send_signal(signal.SIGINT if process.info["name"] == "postgres" else signal.SIGTERM)
        _, stubborn = psutil.wait_procs([each for each in mine if each.info["name"] != "postgres"], timeout=20)
        for process in stubborn:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(mine, timeout=300)
        return sorted({process.info["name"] for process in heads})

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            return process.pid != os.getpid() and process.environ().get(MARK) == str(self._site.state_dir)
        except psutil.Error:
            return False

    def start(self, name: str) -> None:
        self._rpc.startProcess(name, False)

    def stop(self, name: str) -> None:
        """Stop a part and wait until it is gone; it stays stopped until started again."""
        with contextlib.suppress(Fault):  # not running: what was asked for
            self._rpc.stopProcess(name, True)

    def info(self, name: str) -> dict[str, Any]:
        """supervisord's view of a part: statename, pid, spawnerr, start, now ..."""
        return self._rpc.getProcessInfo(name)

    def restarts(self, name: str) -> int:
        """How often the part was started again since `up`."""
        spawned = re.findall(rf"spawned: '{re.escape(name)}' with pid", self.log.read_text(errors="replace"))
        return max(0, len(spawned) - 1)


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _write_private(file: Path, text: str) -> None:
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
        new.write(text)


def _configuration(site: Site, supervisor: Supervisor, parts: Iterable[Part]) -> str:
    socket, pid_file = site.run_dir / "supervisor.sock", site.run_dir / "supervisord.pid"
    head = f"""[supervisord]
nodaemon=true
logfile={supervisor.log}
logfile_maxbytes=5MB
logfile_backups=2
loglevel=info
pidfile={pid_file}
umask=077
{"user=root" if os.geteuid() == 0 else ""}
[unix_http_server]
file={socket}
chmod=0600
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""
    return head + "".join(_program(site, part, order) for order, part in enumerate(parts))


def _program(site: Site, part: Part, order: int) -> str:
    # supervisord expands %, and strips quotes from values; ours never contain a single quote.
    environment = ",".join(f"{key}='{value}'" for key, value in part.environment.items())
    lines = {
        "command": shlex.join(part.command),
        "directory": str(site.state_dir),
        "environment": environment,
        "user": part.user or "",
        "priority": order,
        "autostart": "false",
        "autorestart": "true",
        "startsecs": 1,
        "startretries": 20,
        "stopsignal": part.stop_signal,
        "stopwaitsecs": part.stop_seconds,
        "killasgroup": "true",
        "redirect_stderr": "true",
        "stdout_logfile": str(site.logs_dir / f"{part.name}.log"),
        "stdout_logfile_maxbytes": "10MB",
        "stdout_logfile_backups": 3,
    }
    body = "".join(f"{key}={str(value).replace('%', '%%')}\n" for key, value in lines.items() if value != "")
    return f"[program:{part.name}]\n{body}"
