"""What every container must be, and what the world can reach."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from paivand_local.site import ROOT

Services = dict[str, dict[str, Any]]
ROOT_ONCE = {"nats-store"}
"""Changes the owner of a volume and ends: root, with one capability and no network."""


def is_once(service: dict[str, Any]) -> bool:
    return service["restart"] == "no"


def test_it_follows_the_compose_specification() -> None:
    check = Path(sys.executable).parent / "check-jsonschema"
    done = subprocess.run(
        [check, "--builtin-schema", "vendor.compose-spec", ROOT / "docker-compose.yml"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_only_the_gateway_is_published(services: Services) -> None:
    assert [name for name, service in services.items() if "ports" in service] == ["gateway"]


def test_the_gateway_reaches_no_database(compose: dict[str, Any], services: Services) -> None:
    assert set(services["gateway"]["networks"]) == {"edge", "public"}
    assert all(compose["networks"][name]["internal"] for name in ("data", "edge"))


def test_only_mail_and_webhooks_have_a_way_out(compose: dict[str, Any], services: Services) -> None:
    ways_out = {name for name, network in compose["networks"].items() if not network.get("internal")}
    with_a_way = {name for name, each in services.items() if ways_out & set(each.get("networks", []))}
    assert with_a_way == {"keycloak", "notify", "gateway"}


def test_every_container_is_hardened(services: Services) -> None:
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        if name in ROOT_ONCE:
            assert service["cap_add"] == ["CHOWN"]
            assert service["network_mode"] == "none"
            assert is_once(service)
        else:
            assert int(service["user"].split(":")[0]) > 0, name
            assert "cap_add" not in service, name


def test_what_stays_up_is_checked_and_what_ends_is_waited_for(services: Services) -> None:
    for name, service in services.items():
        assert is_once(service) or service["healthcheck"]["test"], name
        for needed, how in service.get("depends_on", {}).items():
            expected = "service_completed_successfully" if is_once(services[needed]) else "service_healthy"
            assert how["condition"] == expected, (name, needed)


def test_images_have_exact_versions(services: Services) -> None:
    images = [service["image"] for service in services.values()]
    images += re.findall(r"^FROM (\S+)", (ROOT / "services" / "Dockerfile").read_text(), re.MULTILINE)
    images += re.findall(r"^FROM (\S+)", (ROOT / "deploy" / "keycloak" / "Dockerfile").read_text(), re.MULTILINE)
    for image in images:
        assert re.search(r":v?\d+\.\d+(\.\d+)?(-[a-z0-9]+)*$", image), image


def test_no_secret_is_written_down(services: Services) -> None:
    for name, service in services.items():
        for key, value in service.get("environment", {}).items():
            if re.search("PASSWORD|SECRET", key):
                assert str(value).startswith("${"), (name, key)


def test_the_secrets_script_gives_every_variable_that_has_no_default() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    wanted = set(re.findall(r"\$\{([A-Z_]+)\}", text)) | set(re.findall(r"\$\{([A-Z_]+):\?", text))
    script = ROOT / "deploy" / "compose-secrets.sh"
    printed = subprocess.run(["/bin/sh", script], capture_output=True, text=True, check=True).stdout
    given = dict(line.split("=", 1) for line in printed.splitlines())
    assert wanted == set(given)
    assert len(set(given.values())) == len(given)
    assert all(len(value) >= 40 for value in given.values())


@pytest.mark.parametrize("file", ["services/Dockerfile", "deploy/keycloak/Dockerfile"])
def test_what_images_copy_is_there(file: str) -> None:
    for line in (ROOT / file).read_text().splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            for source in line.split()[1:-1]:
                assert (ROOT / source).exists(), source


def test_merged_settings_are_not_lost(services: Services) -> None:
    """YAML replaces, it does not merge, what a service says itself; so a service that names tmpfs names all of it."""
    for name, service in services.items():
        assert "/tmp" in service["tmpfs"], name
    assert yaml.safe_load((ROOT / "docker-compose.yml").read_text())["name"] == "paivand"
