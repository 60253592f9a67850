"""What we depend on is pinned and named, and no secret is in the repository."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.test_house_rules import ROOT

PROGRAMS = Path(sys.executable).parent
LOCKS = ["requirements.lock", "services/requirements.lock"]
REQUIREMENT = re.compile(
    r"^(?P<name>[a-z0-9.-]+)==(?P<version>[^ ;]+)(?: ; [^\\]+)?(?P<hashes>(?: \\\n    --hash=sha256:[0-9a-f]{64})+)"
)


def tracked() -> list[str]:
    git = shutil.which("git")
    assert git
    return subprocess.run([git, "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()


def look_for_secrets(baseline: Path, *files: str) -> subprocess.CompletedProcess[str]:
    """The exit code is 1 for a finding that the baseline does not know."""
    command = [PROGRAMS / "detect-secrets-hook", "--no-verify", "--baseline", baseline, *files]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture
def baseline(tmp_path: Path) -> Path:
    """A copy: the program notes there when a line has moved."""
    return Path(shutil.copy(ROOT / ".secrets.baseline", tmp_path / "baseline"))


def test_no_secret_is_in_the_repository(baseline: Path) -> None:
    files = [file for file in tracked() if (ROOT / file).is_file() and file != ".secrets.baseline"]
    done = look_for_secrets(baseline, *files)
    assert done.returncode != 1, f"{done.stdout}\nIf each of these is harmless: make secrets"


def test_a_secret_would_be_found(baseline: Path, tmp_path: Path) -> None:
    for number, text in enumerate(
        (
            'password = "' + 'correct-horse-battery"',
            "-----BEGIN " + "PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIHuitFPcqyWIGdSb\n",
            'token = "ghp_' + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7aB3dE6gH9" + '"',
            "url = postgresql://paivand:" + "s3cr3tpassw0rd@db.example/directory",
        )
    ):
        file = tmp_path / f"leak{number}.py"
        file.write_text(text)
        assert look_for_secrets(baseline, str(file)).returncode == 1, text


@pytest.mark.parametrize("lock", LOCKS)
def test_every_dependency_has_one_version_and_its_hashes(lock: str) -> None:
    text = (ROOT / lock).read_text()
    entries = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert len(entries) > 50
    for entry in entries:
        assert REQUIREMENT.match(entry), entry[:200]


def test_the_bill_of_materials_names_every_part_of_the_image(tmp_path: Path) -> None:
    """CycloneDX, and the same when it is made again."""
    lock = ROOT / "services/requirements.lock"
    made: list[str] = []
    for name in ("once", "again"):
        command = [PROGRAMS / "cyclonedx-py", "requirements", lock, "--of", "JSON", "--output-reproducible", "-o"]
        subprocess.run([*command, tmp_path / name], check=True, capture_output=True)
        made.append((tmp_path / name).read_text())
    assert made[0] == made[1]
    document = json.loads(made[0])
    assert document["bomFormat"] == "CycloneDX"
    named = {(each["name"], each["version"]) for each in document["components"]}
    assert named == set(re.findall(r"^([a-z0-9.-]+)==([^ ;]+)", lock.read_text(), re.MULTILINE))
    assert all(each["externalReferences"][0]["hashes"] for each in document["components"])
