"""Starting, stopping, crashing: the launcher's promises, on the parts that start quickly."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from paivand_local import postgres
from paivand_local.site import LOOPBACK, Ports, SetupError, Site
from paivand_local.stack import Stack
from paivand_local.supervision import MARK
from paivand_local.testing import temporary_site

from tests.factories.waiting import until

pytestmark = pytest.mark.integration


def processes_of(site: Site) -> list[psutil.Process]:
    """Everything of a site that runs, by the mark in its environment."""
    found: list[psutil.Process] = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == str(site.state_dir):
                found.append(process)
        except psutil.Error:
            continue
    return found


def test_data_outlives_down_and_up(quick: Stack) -> None:
    site = quick.site
    postgres.query(site, "keycloak", "CREATE TABLE kept AS SELECT 'still here' AS word")
    quick.stop()
    assert processes_of(site) == []
    again = Stack(site, parts=("postgres",))
    again.start()
    assert postgres.query(site, "keycloak", "SELECT word FROM kept") == "still here"


def test_a_normal_stop_leaves_nothing_to_recover(quick: Stack) -> None:
    quick.stop()
    log = (quick.site.logs_dir / "postgres.log").read_text()
    assert "database system is shut down" in log
    assert "not properly shut down" not in log


async def test_a_part_that_crashes_comes_back_and_is_counted(quick: Stack) -> None:
    killed = quick.kill("nats")
    await until(lambda: quick.pid("nats") not in {0, killed})
    quick.wait_ready("nats")
    states = {each.name: each for each in quick.states()}
    assert states["nats"].restarts == 1
    assert states["nats"].is_ready
    assert states["postgres"].restarts == 0


async def test_the_database_comes_back_after_kill_9(quick: Stack) -> None:
    postgres.query(quick.site, "keycloak", "CREATE TABLE acknowledged AS SELECT 1 AS one")
    killed = quick.kill("postgres")
    await until(lambda: quick.pid("postgres") not in {0, killed} and "ready" in _state(quick, "postgres"))
    assert postgres.query(quick.site, "keycloak", "SELECT one FROM acknowledged") == "1"


def _state(stack: Stack, name: str) -> str:
    return next(each.state for each in stack.states() if each.name == name)


def test_a_second_start_is_refused_and_changes_nothing(calm: Stack) -> None:
    before = calm.pid("nats")
    with pytest.raises(SetupError, match="already running"):
        Stack(calm.site, parts=("nats",)).start()
    assert calm.pid("nats") == before


def test_two_sites_run_side_by_side(calm: Stack) -> None:
    with temporary_site() as other:
        beside = Stack(other, parts=("postgres", "nats"))
        beside.start()
        try:
            assert not set(vars(other.ports).values()) & set(vars(calm.site.ports).values())
            assert postgres.query(other, "keycloak", "SELECT 1") == postgres.query(calm.site, "keycloak", "SELECT 1")
        finally:
            beside.stop()
        assert _state(calm, "postgres") == "ready"


def test_a_port_in_use_is_one_clear_line_and_nothing_stays(site: Site) -> None:
    wanted = rf"port {site.ports.nats}, wanted by nats, is in use.*--port"
    with socket.create_server((LOOPBACK, site.ports.nats)), pytest.raises(SetupError, match=wanted) as refusal:
        Stack(site, parts=("postgres", "nats")).start()
    assert "\n" not in str(refusal.value)
    assert processes_of(site) == []


def test_a_part_that_dies_while_starting_is_named_and_nothing_stays(site: Site) -> None:
    """A data directory of another PostgreSQL version, as after an upgrade."""
    stack = Stack(site, parts=("postgres", "nats"))
    stack.start()
    stack.stop()
    (site.state_dir / "postgres" / "PG_VERSION").write_text("9\n")
    with pytest.raises(SetupError, match=r"postgres died: .*postgres\.log") as refusal:
        Stack(site, parts=("nats", "postgres")).start()
    assert "\n" not in str(refusal.value)
    assert processes_of(site) == []


def test_a_place_that_cannot_be_written_to_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a directory")
    site = Site(tmp_path / "file" / "state", Ports.free())
    with pytest.raises(SetupError, match=r"cannot write to .*PAIVAND_STATE"):
        Stack(site, parts=("nats",)).start()


def test_a_long_path_works(site: Site) -> None:
    """The path of a Unix socket may have 107 bytes; this one has more."""
    (site.state_dir / ("deep" * 15)).mkdir(mode=0o711)
    deep = Site(site.state_dir / ("deep" * 15) / ("deeper" * 15), site.ports)
    stack = Stack(deep, parts=("postgres", "nats"))
    stack.start()
    try:
        assert postgres.query(deep, "keycloak", "SELECT 1") == "1"
        assert (deep.state_dir / "run" / "supervisor.sock").exists()
    finally:
        stack.stop()
        shutil.rmtree(deep.run_dir)


@pytest.fixture
def starter(site: Site) -> Iterator[subprocess.Popen[str]]:
    """Another process that has started a network of the same site, as `paivand up` does."""
    program = f"""
        import signal
        from pathlib import Path
        from paivand_local.site import Ports, Site
        from paivand_local.stack import Stack
        Stack(Site(Path({str(site.state_dir)!r}), {site.ports!r}), parts=("postgres", "nats")).start()
        print("started", flush=True)
        signal.pause()
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        yield process


async def test_when_the_starter_is_killed_everything_stops_and_can_start_again(
    site: Site, starter: subprocess.Popen[str]
) -> None:
    assert processes_of(site)
    starter.kill()
    starter.wait()
    await until(lambda: not processes_of(site))
    again = Stack(site, parts=("postgres", "nats"))
    again.start()
    assert _state(again, "postgres") == "ready"


async def test_when_the_supervisor_is_killed_down_and_up_recover(quick: Stack) -> None:
    site = quick.site
    supervisor = next(process for process in processes_of(site) if "supervisor.supervisord" in process.cmdline())
    supervisor.send_signal(signal.SIGKILL)
    await until(lambda: not quick.is_running())
    assert processes_of(site), "the parts are still there, with nobody to look after them"
    again = Stack(site, parts=("nats", "postgres"))
    again.start()
    assert _state(again, "postgres") == "ready"
    again.stop()
    assert processes_of(site) == []


def test_secrets_are_private_and_differ(calm: Stack) -> None:
    secrets = calm.site.state_dir / "secrets"
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    files = list(secrets.iterdir())
    assert len(files) >= 8
    for file in (*files, calm.site.run_dir / "supervisord.conf"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name
    assert len({file.read_text() for file in files}) == len(files)


def test_no_secret_stands_in_a_command_line(calm: Stack) -> None:
    values = [file.read_text() for file in (calm.site.state_dir / "secrets").iterdir()]
    lines = [" ".join(process.cmdline()) for process in processes_of(calm.site)]
    assert not [line for line in lines for value in values if value in line]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another account for PostgreSQL")
def test_as_root_the_database_runs_as_another_account(calm: Stack) -> None:
    assert psutil.Process(calm.pid("postgres")).username() == postgres.ACCOUNT


def test_nothing_listens_beyond_loopback(calm: Stack) -> None:
    listening = [
        connection.laddr.ip
        for process in processes_of(calm.site)
        for connection in process.net_connections(kind="tcp")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert len(listening) >= 4
    assert set(listening) == {LOOPBACK}
