"""The command as a person uses it."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from paivand_local.site import Site

COMMAND = str(Path(sys.executable).parent / "paivand")


def environment_of(site: Site, **more: str) -> dict[str, str]:
    """Where the command finds the site, whose ports it reads from the site's own file."""
    site.create()
    return {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "PAIVAND_STATE": str(site.state_dir), **more}


def paivand(site: Site, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = environment_of(site, **more)
    return subprocess.run(
        [COMMAND, *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )


@pytest.fixture
def up(site: Site) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [COMMAND, "up"], env=environment_of(site), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        yield process


@pytest.mark.system
@pytest.mark.timeout(240)
def test_up_plays_a_referral_and_ends_with_ctrl_c(site: Site, up: subprocess.Popen[str]) -> None:
    assert up.stdout is not None
    said: list[str] = []
    for line in up.stdout:
        said.append(line)
        if "Ctrl-C stops it" in line:
            break
    text = "".join(said)
    assert "is completed." in text, text
    assert f"http://localhost:{site.ports.gateway}/" in text
    assert "dilnoza" in text
    assert site.demonstration_password in text
    status = paivand(site, "status")
    assert status.returncode == 0, status.stdout
    assert status.stdout.count("ready") == 8
    assert "is completed." in paivand(site, "demo").stdout
    second = paivand(site, "up")
    assert second.returncode == 1
    assert "already running" in second.stderr
    assert "GET" not in paivand(site, "logs", "postgres").stdout
    assert "/referral/v1/referrals" in paivand(site, "logs", "envoy", "-n", "500").stdout
    up.send_signal(signal.SIGINT)
    assert up.wait(90) == 0
    assert paivand(site, "status").returncode == 1


def test_without_a_network_and_without_keycloak_it_says_so_in_one_line(site: Site, tmp_path: Path) -> None:
    nowhere = {"HTTPS_PROXY": "http://127.0.0.1:9", "PAIVAND_CACHE": str(tmp_path / "cache")}
    refused = paivand(site, "up", **nowhere)
    assert refused.returncode == 1
    assert refused.stderr.startswith("paivand: Keycloak")
    assert "connect this machine to the internet" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_wipe_asks_first(site: Site) -> None:
    assert paivand(site, "down", "--wipe").returncode != 0
    assert (site.state_dir / "secrets").exists()
    assert paivand(site, "down", "--wipe", "--yes").returncode == 0
    assert not site.state_dir.exists()


def test_down_when_nothing_runs_is_no_fault(site: Site) -> None:
    assert paivand(site, "down").returncode == 0


def test_doctor_finds_a_port_in_use(site: Site) -> None:
    assert paivand(site, "doctor").returncode == 0
    with socket.create_server(("127.0.0.1", site.ports.smtp)):
        found = paivand(site, "doctor")
    assert found.returncode == 1
    assert f"port {site.ports.smtp}" in found.stdout


def test_an_unknown_part_is_one_clear_line(site: Site) -> None:
    refused = paivand(site, "logs", "oracle")
    assert refused.returncode == 1
    assert "there is no part oracle" in refused.stderr
