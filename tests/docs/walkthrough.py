"""Reads a walk-through out of a Markdown file and runs it as it stands there."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
MARK = "=== end of block"
# What differs from run to run, and what stands for it.
VARIES = (
    (r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "ID"),
    (r"\b[RC]-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}\b", "NUMBER"),
    (r"\b[0-9a-f]{32}\b", "TRACE"),
    (r"^id: \d+$", "id: POSITION"),
)


@dataclass(frozen=True)
class Step:
    """Commands, and what the file says they print; None when it does not say."""

    commands: str
    printed: str | None


def steps(markdown: str) -> list[Step]:
    """The ```sh blocks, each with the ```text block that follows it directly."""
    blocks = list(BLOCK.finditer(markdown))
    found: list[Step] = []
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        if block[1] != "sh":
            continue
        answers = following and following[1] == "text" and not markdown[block.end() : following.start()].strip()
        found.append(Step(block[2], following[2] if following and answers else None))
    return found


def run(walk: list[Step], folder: Path, **environment: str) -> list[str]:
    """What each step prints, all in one bash that stops at the first failure.

    Raises:
        AssertionError: a command failed.
    """
    script = "set -euo pipefail\n" + "".join(f"{step.commands}echo '{MARK}'\n" for step in walk)
    done = subprocess.run(
        ["/usr/bin/env", "bash"],
        input=script,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "NO_PROXY": "localhost", "HOME": str(folder), **environment},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout.split(f"{MARK}\n")[:-1]


def settled(printed: str) -> str:
    """The text with everything that differs from run to run replaced by its kind."""
    for pattern, kind in VARIES:
        printed = re.sub(pattern, kind, printed, flags=re.MULTILINE)
    return printed
