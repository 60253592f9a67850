"""The README's walk-through does what it says, as it is written."""

from pathlib import Path

import pytest
from paivand_local.stack import Stack

from tests.docs import walkthrough

README = (Path(__file__).parents[2] / "README.md").read_text()


@pytest.mark.system
def test_the_walk_through_prints_what_it_says(stack: Stack, tmp_path: Path) -> None:
    walk = walkthrough.steps(README)
    assert len(walk) >= 10
    printed = walkthrough.run(walk, tmp_path, PAIVAND=stack.url, PASSWORD=stack.site.demonstration_password)
    for step, text in zip(walk, printed, strict=True):
        if step.printed is not None:
            assert walkthrough.settled(text) == walkthrough.settled(step.printed), step.commands


def test_a_wrong_word_in_the_walk_through_is_noticed() -> None:
    """So that the comparison above can fail."""
    walk = walkthrough.steps("```sh\necho R-YD2Y-GZ7V-X5 accepted\n```\n```text\nR-AAAA-AAAA-AA rejected\n```\n")
    assert walkthrough.settled("R-YD2Y-GZ7V-X5 rejected\n") == walkthrough.settled(walk[0].printed or "")
    assert walkthrough.settled("R-YD2Y-GZ7V-X5 accepted\n") != walkthrough.settled(walk[0].printed or "")


def test_a_failing_command_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        walkthrough.run(walkthrough.steps("```sh\nfalse | true\n```\n"), tmp_path)
