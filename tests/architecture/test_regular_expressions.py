"""No regular expression takes more than linear time, whatever it is given (ReDoS)."""

import ast
import re
import time
from collections.abc import Iterator

import pytest

from tests.architecture.test_house_rules import ROOT

SOURCES = [
    file
    for part in ("kit", "contracts", "services")
    for file in (ROOT / part).rglob("*.py")
    if ".venv" not in file.parts
]
SHORT, TIMES = 4_000, 8


def literals() -> Iterator[tuple[str, str, str | bytes, int]]:
    """Where, for what, and every pattern that is given to Python's `re`. Models' own run in Rust, linearly."""
    for file in SOURCES:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re.") and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str | bytes):
                    flags = re.DOTALL if "DOTALL" in ast.unparse(node) else 0
                    yield f"{file.name}:{node.lineno}", ast.unparse(node.func), first.value, flags


PATTERNS = list(literals())


def attacks(pattern: str) -> set[str]:
    """Units to repeat: every character of the pattern, in pairs too, and what classes stand for."""
    letters = sorted({letter for letter in pattern if letter not in "()[]*+?|^$"} | set('"\\ a0-'))
    return {*letters, *(first + second for first in letters for second in letters)}


def seconds(compiled: re.Pattern[str], text: str, use: str) -> float:
    """The least of some runs of what the pattern is used for; of a compiled one, of all that it may be."""
    runs: list[float] = []
    for _ in range(3):
        began = time.perf_counter()
        compiled.fullmatch(text)
        if use not in ("re.fullmatch", "re.match"):
            sum(1 for _ in compiled.finditer(text))
        runs.append(time.perf_counter() - began)
    return min(runs)


def is_linear(compiled: re.Pattern[str], unit: str, use: str, size: int = SHORT) -> bool:
    """Eight times the text takes eight times as long; a quadratic one 64 times. Asked again when it looks bad."""
    for end in ("", "\x00"):
        short, long = (unit * (length // len(unit)) + end for length in (size, size * TIMES))
        if all(seconds(compiled, long, use) > 4 * TIMES * seconds(compiled, short, use) for _ in range(4)):
            return False
    return True


@pytest.mark.parametrize(("where", "use", "pattern", "flags"), PATTERNS, ids=[each[0] for each in PATTERNS])
def test_time_grows_with_the_text_and_not_faster(where: str, use: str, pattern: str | bytes, flags: int) -> None:
    compiled = re.compile(pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern, flags)
    for unit in attacks(compiled.pattern):
        assert is_linear(compiled, unit, use), f"{where}: {unit!r}"


def test_a_quadratic_one_would_be_found() -> None:
    assert not is_linear(re.compile(r'"(?:[^"\\]|\\.)*"'), '\\"', "re.compile", size=400)


def test_models_leave_patterns_to_the_linear_engine() -> None:
    for file in SOURCES:
        assert "python-re" not in file.read_text(), file
