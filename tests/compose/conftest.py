"""docker-compose.yml, as written and as YAML merges it."""

from typing import Any

import pytest
import yaml
from paivand_local.site import ROOT


@pytest.fixture(scope="package")
def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


@pytest.fixture(scope="package")
def services(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return compose["services"]
