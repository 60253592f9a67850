"""Ports, secrets and what services are told, without starting anything."""

from pathlib import Path

import pytest
from paivand_local import demonstration
from paivand_local.site import Ports, SetupError, Site


def test_ports_follow_the_base() -> None:
    ports = Ports.from_base(8080)
    assert ports.gateway == 8080
    assert sorted(vars(ports).values()) == list(range(8080, 8080 + len(vars(ports))))


def test_ports_are_kept_in_a_file_that_people_can_edit(tmp_path: Path) -> None:
    file = tmp_path / "ports.toml"
    Ports.from_base(9000).save(file)
    file.write_text(file.read_text().replace("9000", "9999"))
    assert Ports.load(file).gateway == 9999


@pytest.mark.parametrize("text", ["gateway = 1", "gateway = ", "unknown = 1"])
def test_a_spoiled_ports_file_is_one_clear_line(tmp_path: Path, text: str) -> None:
    file = tmp_path / "ports.toml"
    file.write_text(text)
    with pytest.raises(SetupError, match=r"ports\.toml cannot be read"):
        Ports.load(file)


def test_a_secret_is_made_once(tmp_path: Path) -> None:
    site = Site(tmp_path / "state", Ports.free())
    site.create()
    assert site.secret("some") == site.secret("some") != site.secret("other")


def test_demonstration_members_have_the_ids_of_their_organizations() -> None:
    ids = {each.id for each in demonstration.organizations().values()}
    accounts = demonstration.accounts()
    assert {each.organization_id for each in accounts.values()} == ids | {None}
    assert accounts["zarina"].roles == ("member", "manager")
    assert accounts["farrukh"].roles == ("member",)
    assert [name for name, each in accounts.items() if "coordinator" in each.roles] == ["nigora", "karim"]
    assert [name for name, each in accounts.items() if "auditor" in each.roles] == ["sobir"]
