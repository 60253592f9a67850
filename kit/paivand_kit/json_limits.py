"""What a JSON body may be, before anything is made of it: not deep, not of many parts, and JSON (RFC 8259).

The gateway limits its size to 1 MiB. A body within that may still be nested so deeply that parsers give up, or have so
many members that each rule that looks at them takes seconds.
"""

import re
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from paivand_contracts.problems import ProblemType

from .problems import ProblemError

DEEPEST = 32
MOST_PARTS = 10_000
# Strings whole (a bracket in one is no bracket), and what makes depth and number. Linear: nothing is read twice, not
# even a string that never ends, which is taken to the end of the body.
PARTS = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]|,|NaN|Infinity', re.DOTALL)


async def check_body(request: Request) -> None:
    """Passes when the body is within the limits, or is no JSON at all, which FastAPI finds.

    Raises:
        ProblemError: `malformed`, with the limit that is passed.
    """
    body = await request.body()
    # Brackets and commas in strings count too here, so few of them are enough to know, without looking closer.
    openings, commas = body.count(b"[") + body.count(b"{"), body.count(b",")
    if openings <= DEEPEST and commas < MOST_PARTS and b"NaN" not in body and b"Infinity" not in body:
        return
    depth = parts = 0
    for found in PARTS.finditer(body):
        match found[0][:1]:
            case b"[" | b"{":
                depth += 1
                parts += 1
            case b"]" | b"}":
                depth -= 1
            case b",":
                parts += 1
            case b"N" | b"I":
                raise _malformed("NaN and Infinity are no JSON numbers.")
            case _:
                pass
        if depth > DEEPEST:
            raise _malformed(f"The body is nested more than {DEEPEST} levels deep.")
        if parts > MOST_PARTS:
            raise _malformed(f"The body has more than {MOST_PARTS} members and elements.")


class LimitedRoute(APIRoute):
    """A route that looks at its body before it is parsed."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wraps FastAPI's handler."""
        handle = super().get_route_handler()
        if self.body_field is None:
            return handle

        async def handle_within_limits(request: Request) -> Response:
            await check_body(request)
            return await handle(request)

        return handle_within_limits


def _malformed(detail: str) -> ProblemError:
    return ProblemError(ProblemType.MALFORMED, detail)
