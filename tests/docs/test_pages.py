"""The documents name what is there, all of it, and nothing else."""

import base64
import fnmatch
import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from paivand_contracts.capacity import CapacityUnit
from paivand_contracts.problems import ProblemType
from paivand_contracts.referral import referral_event
from paivand_directory.details.endpoints import ON_ORGANIZATIONS, ON_SERVICES
from paivand_directory.memberships.rules import Action, MembershipStatus
from paivand_local.stack import Stack
from paivand_notify.webhooks.schemas import WebhookPinged
from paivand_referral.referrals.rules import TRANSITIONS, Needs
from standardwebhooks import Webhook

ROOT = Path(__file__).parents[2]
MADE_BY_TOOLS = re.compile(r"\.(git|venv|paivand|.*_cache|hypothesis)$|__pycache__$|.*\.egg-info$")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def folders() -> Iterator[Path]:
    """Every folder that holds a file, and those around it."""
    found: set[Path] = set()
    for folder, inner, files in os.walk(ROOT):
        inner[:] = [name for name in inner if not MADE_BY_TOOLS.match(name)]
        if files:
            here = Path(folder).relative_to(ROOT)
            found |= {here, *here.parents}
    yield from found - {Path()}


def pages() -> list[Path]:
    """Every Markdown file of ours."""
    return sorted(page for folder in [Path(), *folders()] for page in (ROOT / folder).glob("*.md"))


def headings(page: Path) -> set[str]:
    """The anchors that GitHub gives to a page's headings."""
    lines = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.DOTALL | re.MULTILINE).splitlines()
    texts = [line.lstrip("#").strip().lower() for line in lines if line.startswith("#")]
    return {re.sub(r"[^\w\- ]", "", text).replace(" ", "-") for text in texts}


def is_there(page: Path, target: str) -> bool:
    """Whether a link of a page leads to a file, and to one of its headings if it names one."""
    path, _, anchor = target.partition("#")
    file = (page.parent / path).resolve() if path else page
    return file.exists() and (not anchor or anchor in headings(file))


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_lead_somewhere(page: Path) -> None:
    targets = [target for target in LINK.findall(page.read_text()) if not re.match(r"[a-z]+:", target)]
    assert [target for target in targets if not is_there(page, target)] == []


def test_links_to_nowhere_are_noticed() -> None:
    readme = ROOT / "README.md"
    assert is_there(readme, "docs/operators.md#ports")
    assert not is_there(readme, "docs/operators.md#harbours")
    assert not is_there(readme, "docs/operator.md")


def test_the_map_names_every_folder_and_nothing_else() -> None:
    named = {Path(name) for name in re.findall(r"^\| `([^`]+)/` \|", (ROOT / "docs/map.md").read_text(), re.MULTILINE)}
    assert named - set(folders()) == set()
    assert {folder for folder in folders() if not mirrors_a_feature(folder)} - named == set()


def mirrors_a_feature(folder: Path) -> bool:
    """`tests/<service>/<feature>` is named like what it tests."""
    if folder.parts[0] != "tests" or len(folder.parts) != 3:
        return False
    service, feature = folder.parts[1:]
    return (ROOT / "services" / service / f"paivand_{service}" / feature).is_dir()


def test_every_decision_is_listed_once_and_numbered_without_gaps() -> None:
    decisions = sorted(page.name for page in (ROOT / "docs/decisions").glob("[0-9]*.md"))
    listed = re.findall(r"^\| \[\d{4}\]\(([^)]+)\)", (ROOT / "docs/decisions/README.md").read_text(), re.MULTILINE)
    assert listed == decisions
    assert [int(name[:4]) for name in decisions] == list(range(1, len(decisions) + 1))


def test_every_problem_type_is_explained_with_its_status() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (\d+) \|", (ROOT / "docs/problems.md").read_text(), re.MULTILINE)
    assert {(name, int(status)) for name, status in rows} == {(kind.value, kind.status) for kind in ProblemType}
    assert len(rows) == len(ProblemType)


def test_subjects_in_the_pages_are_those_of_the_contracts() -> None:
    known = set(json.loads((ROOT / "docs/asyncapi.json").read_text())["channels"])
    known |= {WebhookPinged.model_fields["type"].default}
    word = r"(?:[a-z-]+|\*|\{[a-z,-]+\})"
    written = {subject for page in pages() for subject in re.findall(rf"paivand(?:\.{word})+\.v1\b", page.read_text())}
    assert len(written) > 5
    assert [subject for subject in written if not all(fnmatch.filter(known, each) for each in spelt_out(subject))] == []


def spelt_out(subject: str) -> list[str]:
    """`a.{b,c}` stands for `a.b` and `a.c`."""
    choice = re.search(r"\{([^}]+)\}", subject)
    if choice is None:
        return [subject]
    return [each for word in choice[1].split(",") for each in spelt_out(subject.replace(choice[0], word, 1))]


def test_the_life_of_a_referral_is_drawn_as_the_rules_say() -> None:
    page = (ROOT / "docs/flows/referral-lifecycle.md").read_text()
    arrow = re.compile(r"^ +([a-z-]+) --> ([a-z-]+): ([a-z-]+) \(([a-z]+)(?:, ([a-z]+))?\)$", re.MULTILINE)
    drawn = {(*row[:4], row[4] or Needs.NOTHING.value) for row in arrow.findall(page)}
    assert drawn == {
        (source.value, row.target.value, action.value, row.by.value, row.needs.value)
        for action, row in TRANSITIONS.items()
        for source in row.sources
    }
    ends = {row.target for row in TRANSITIONS.values()} - {
        source for row in TRANSITIONS.values() for source in row.sources
    }
    assert set(re.findall(r"^ +([a-z-]+) --> \[\*\]$", page, re.MULTILINE)) == {state.value for state in ends}


def from_integrators_page(name: str) -> Any:
    """What the Python code in docs/integrators.md defines under this name."""
    for code in re.findall(r"```python\n(.*?)```", (ROOT / "docs/integrators.md").read_text(), re.DOTALL):
        names: dict[str, Any] = {}
        exec(code, names)  # noqa: S102 - our own page, as a reader would run it
        if name in names:
            return names[name]
    raise LookupError(name)


@pytest.mark.system
@pytest.mark.parametrize("alias", ["adolat", "shifo"])
def test_a_system_signs_in_with_the_code_that_is_shown(stack: Stack, alias: str) -> None:
    key = (stack.site.state_dir / "secrets" / f"integrator_{alias}_key.pem").read_bytes()
    auth = from_integrators_page("PaivandAuth")(stack.url, f"integrator-{alias}", key)
    with httpx.Client(base_url=stack.url, auth=auth, trust_env=False) as client:
        for _ in range(2):
            entries = client.get("/notify/v1/inbox", params={"limit": 5}).raise_for_status().json()
            assert "items" in entries
    assert jwt.decode(auth.token, options={"verify_signature": False})["cnf"]["jkt"]


class TestWebhooksForIntegrators:
    """The code in docs/integrators.md, against the library that signs our webhooks."""

    SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
    BODY = '{"type": "paivand.referral.referral.accepted.v1"}'

    @pytest.fixture
    def verify(self) -> Any:
        return from_integrators_page("is_from_paivand")

    def headers(self, *, secret: str = SECRET, age: timedelta = timedelta(), extra: str = "") -> dict[str, str]:
        """What a webhook comes with."""
        at = datetime.now(UTC) - age
        signature = Webhook(secret).sign("msg_1", at, self.BODY)
        stamp = str(int(at.timestamp()))
        return {"webhook-id": "msg_1", "webhook-timestamp": stamp, "webhook-signature": extra + signature}

    def test_a_genuine_one_is_taken(self, verify: Any) -> None:
        assert verify(self.SECRET, self.headers(), self.BODY.encode())

    def test_one_of_two_signatures_is_enough(self, verify: Any) -> None:
        assert verify(self.SECRET, self.headers(extra="v1,AAAA v2,BBBB "), self.BODY.encode())

    @pytest.mark.parametrize("age", [timedelta(minutes=6), timedelta(minutes=-6)])
    def test_one_of_another_time_is_refused(self, verify: Any, age: timedelta) -> None:
        assert not verify(self.SECRET, self.headers(age=age), self.BODY.encode())

    def test_another_body_or_secret_is_refused(self, verify: Any) -> None:
        other = "whsec_" + base64.b64encode(b"x" * 32).decode()
        assert not verify(self.SECRET, self.headers(), self.BODY.encode() + b" ")
        assert not verify(self.SECRET, self.headers(secret=other), self.BODY.encode())

    def test_the_event_that_is_shown_is_one_of_ours(self) -> None:
        shown = re.search(r"```json\n(.*?)```", (ROOT / "docs/integrators.md").read_text(), re.DOTALL)
        assert shown is not None
        event = referral_event.validate_python(json.loads(shown[1]))
        assert str(event.data.referral_id) == event.subject
        assert json.loads(event.model_dump_json(exclude_none=True)) == json.loads(shown[1])


def test_the_directory_page_names_every_list_step_and_unit() -> None:
    page = (ROOT / "docs" / "directory.md").read_text("utf-8")
    [services] = [line for line in page.splitlines() if "`cost_options`" in line]
    [organizations] = [line for line in page.splitlines() if line.startswith("Organizations have ")]
    assert set(re.findall(r"`([a-z_]+)`", services.split("|")[1])) == set(ON_SERVICES)
    assert set(re.findall(r"`([a-z_]+)`", organizations)) == set(ON_ORGANIZATIONS)
    assert {action for action in Action if f"…/{action}`" not in page} == set()
    assert all(status in page for status in MembershipStatus)
    assert all(f"`{unit}`" in page for unit in CapacityUnit)
