"""Types of what comes from outside: closed models, and texts that PostgreSQL and a screen can take."""

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

# Control characters have no place in a text; PostgreSQL refuses NUL, so it must be a 422 here and not a 500 there.
ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
SOME_LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=ONE_LINE)]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=4000, pattern=SOME_LINES)]
EmailAddress = Annotated[str, StringConstraints(max_length=254, pattern=r"^[!-?A-~]+@[0-9A-Za-z.-]+\.[0-9A-Za-z-]+$")]
WebAddress = Annotated[str, StringConstraints(max_length=500, pattern=r"^https?://[!-~]+$")]

Item = TypeVar("Item")


class Input(BaseModel):
    """Base of request bodies. A field that is not declared is refused, so that nobody assigns what is not theirs."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def distinct(values: list[Item]) -> list[Item]:
    """Validator of a list in which nothing may stand twice."""
    if len(set(values)) != len(values):
        raise ValueError("say each one once")
    return values


def absent(description: str | None = None) -> Any:
    """Default of a PATCH field that may be left out but not be null (`exclude_unset` tells which were sent)."""
    return Field(default=None, description=description, json_schema_extra=_without_default)


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)
