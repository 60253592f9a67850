"""ETag and If-Match (RFC 9110 section 13): no change is made to a version that the caller has not seen."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar, cast

from fastapi import Depends, Header, Response
from paivand_contracts.problems import ProblemType

from .problems import ProblemError

Versioned = TypeVar("Versioned")


def etag(version: int) -> str:
    """The strong ETag of a row's version."""
    return f'"{version}"'


def tagged(found: Versioned, response: Response) -> Versioned:
    """What is answered, a row or a mapping with a `version`; its ETag goes into the answer's headers."""
    response.headers["ETag"] = etag(_version_of(found))
    return found


def _version_of(found: Any) -> int:
    return cast("Mapping[str, int]", found)["version"] if isinstance(found, Mapping) else found.version


IfMatchHeader = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="The ETag of the version that you read; 428 without it, 412 when it is stale.",
        examples=['"1"'],
    ),
]


def expected_version(if_match: str | None) -> int | None:
    """The version in an If-Match header; None stands for `*`, any version.

    Raises:
        ProblemError: `precondition-required` without the header, `stale` when no version of ours reads like it.
    """
    if if_match is None:
        raise ProblemError(
            ProblemType.PRECONDITION_REQUIRED, "Send If-Match with the ETag of the version that you read."
        )
    if if_match.strip() == "*":
        return None
    match = re.fullmatch(r'\s*"(\d{1,9})"\s*', if_match)
    if match is None:
        raise stale()
    return int(match[1])


async def _if_match(if_match: IfMatchHeader = None) -> int | None:
    return expected_version(if_match)


IfMatch = Annotated[int | None, Depends(_if_match)]


def stale() -> ProblemError:
    """The version that the caller read is not the present one."""
    return ProblemError(ProblemType.STALE, "It was changed in the meantime. Read it again, then decide again.")


def check_version(expected: int | None, present: int) -> None:
    """Raises `stale` unless the caller saw the present version."""
    if expected is not None and expected != present:
        raise stale()
