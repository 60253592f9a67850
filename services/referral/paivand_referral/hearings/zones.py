"""IANA time zones from the pinned edition of the data, not from whatever the machine has."""

from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

import tzdata

EDITION = tzdata.IANA_VERSION
"""Edition of the rules, such as `2026c`. Hearings computed with another one are computed again."""


@cache
def names() -> frozenset[str]:
    """All zones that there are."""
    return frozenset(files("tzdata").joinpath("zones").read_text("utf-8").split())


@cache
def zone(name: str) -> ZoneInfo:
    """The rules of a zone.

    Raises:
        KeyError: no zone has this name.
    """
    if name not in names():
        raise KeyError(name)
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)
