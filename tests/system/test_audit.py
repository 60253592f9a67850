"""The audit trail of the whole network: a journey leaves its entries, they are linked, signed and published."""

import subprocess
import sys
from pathlib import Path

import pytest
from paivand_local.site import SERVICES
from paivand_local.stack import Stack

from tests.factories.waiting import until
from tests.local.test_cli import environment_of
from tests.system.conftest import People

pytestmark = pytest.mark.system
COMMAND = str(Path(sys.executable).parent / "paivand")


def audit(stack: Stack, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, "audit", *arguments],
        env=environment_of(stack.site),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


async def test_what_the_network_did_is_linked_and_signed(stack: Stack, people: People) -> None:
    """Seeding the network has changed something in the directory."""
    await people.referral_to(people.lawyer)
    for service in ("directory", "referral"):
        await until(lambda service=service: (stack.site.audit_dir / f"{service}.heads").exists())
    verified = audit(stack, "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert verified.stdout.count("sound") == len(SERVICES)
    printed = audit(stack, "heads", "referral").stdout
    assert "paivand.referral/audit+" in printed
    assert "— paivand.referral/audit " in printed
