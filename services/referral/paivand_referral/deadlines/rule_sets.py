"""The rule sets at hand: versioned files, one for each jurisdiction and version. A published version never changes."""

import importlib.resources
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter

from .rules import CourtCalendar, Period

HEARING = "hearing"
"""The trigger of rules that are counted from a hearing, and again when it moves."""


def _known_zone(name: str) -> str:
    ZoneInfo(name)
    return name


Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)]
CLOSED = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Rule:
    """What a trigger event starts."""

    __pydantic_config__ = CLOSED

    code: Code
    name: str
    trigger: Code
    period: Period


@dataclass(frozen=True)
class RuleSet:
    """The calendar and the periods of one jurisdiction, in one version."""

    __pydantic_config__ = CLOSED

    jurisdiction: Code
    version: Annotated[int, Field(ge=1)]
    name: str
    is_sample: bool
    zone: Annotated[str, AfterValidator(_known_zone)]
    source: str
    calendar: CourtCalendar
    rules: tuple[Rule, ...] = ()

    def rule(self, code: str) -> Rule | None:
        """The rule of that code."""
        return next((each for each in self.rules if each.code == code), None)


RuleSets = Mapping[tuple[str, int], RuleSet]
_file: TypeAdapter[RuleSet] = TypeAdapter(RuleSet)


@cache
def load(extra: Path | None = None) -> RuleSets:
    """The rule sets that come with the service, and those of an operator's folder.

    Raises:
        ValueError: a file is not named like what is in it, is wrong, or repeats a version.
    """
    sets: dict[tuple[str, int], RuleSet] = {}
    for name, content in _files(extra):
        rule_set = _file.validate_python(tomllib.loads(content))
        key = rule_set.jurisdiction, rule_set.version
        if name != f"{key[0]}-{key[1]}.toml" or key in sets:
            raise ValueError(f"{name}: holds {key[0]} version {key[1]}, which is another file's")
        sets[key] = rule_set
    return sets


def _files(extra: Path | None) -> Iterator[tuple[str, str]]:
    folders = [importlib.resources.files(__package__ or "") / "jurisdictions", *([extra] if extra else [])]
    for folder in folders:
        for file in sorted(folder.iterdir(), key=lambda each: each.name):
            if file.name.endswith(".toml"):
                yield file.name, file.read_text(encoding="utf-8")


def newest(sets: RuleSets, jurisdiction: str) -> RuleSet | None:
    """The latest version of a jurisdiction's rule set."""
    versions = [version for name, version in sets if name == jurisdiction]
    return sets[jurisdiction, max(versions)] if versions else None
