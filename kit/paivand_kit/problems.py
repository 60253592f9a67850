"""Turns every error into a problem document (RFC 9457). Input values are never repeated in it."""

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from paivand_contracts.problems import InvalidField, Problem, ProblemType
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .telemetry import current_trace_id

log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"


def _response(status: int) -> dict[str, Any]:
    captions = [kind.caption for kind in ProblemType if kind.status == status]
    return {
        "description": "; ".join(captions),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


# Every operation may answer with any of these; said once, in the OpenAPI document of each service.
RESPONSES = {status: _response(status) for status in sorted({kind.status for kind in ProblemType})}


class ProblemError(Exception):
    """Raised anywhere below an endpoint; becomes the problem document of the answer."""

    def __init__(
        self,
        kind: ProblemType,
        detail: str,
        *,
        errors: list[InvalidField] | None = None,
        allowed: list[str] | None = None,
        missing: list[str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind, self.detail, self.errors, self.headers = kind, detail, errors, headers
        self.allowed, self.missing = allowed, missing


def invalid(pointer: str, rule: str, detail: str, *, kind: ProblemType = ProblemType.INVALID) -> ProblemError:
    """One broken rule in the body, found by a use case rather than by the schema."""
    return ProblemError(kind, detail, errors=[InvalidField(pointer=pointer, rule=rule, detail=detail)])


def not_found(what: str) -> ProblemError:
    """Absent, or not the caller's to see: the same answer for both."""
    return ProblemError(ProblemType.NOT_FOUND, f"There is no such {what}, or it is not yours to see.")


def problem_response(error: ProblemError) -> JSONResponse:
    """The answer for a `ProblemError`."""
    problem = Problem(
        type=error.kind.urn,
        title=error.kind.caption,
        status=error.kind.status,
        detail=error.detail,
        trace_id=current_trace_id(),
        errors=error.errors,
        allowed=error.allowed,
        missing=error.missing,
    )
    body = problem.model_dump(exclude_none=True)
    return JSONResponse(body, status_code=error.kind.status, headers=error.headers, media_type=MEDIA_TYPE)


# pydantic's own text for these repeats a part of the input.
SAFE_TEXTS = {
    "uuid_parsing": "Input should be a UUID",
    "datetime_from_date_parsing": "Input should be an RFC 3339 date and time",
    "datetime_parsing": "Input should be an RFC 3339 date and time",
}


def _invalid_field(fault: dict[str, Any]) -> InvalidField:
    where, *path = fault["loc"]
    rule = str(fault["type"])
    detail = SAFE_TEXTS.get(rule, str(fault["msg"]))
    if where == "body":
        escaped = [str(step).replace("~", "~0").replace("/", "~1") for step in path]
        return InvalidField(pointer="".join(f"/{step}" for step in escaped), rule=rule, detail=detail)
    return InvalidField(parameter=".".join(str(step) for step in path), rule=rule, detail=detail)


def _from_validation(fault: RequestValidationError) -> ProblemError:
    faults: list[dict[str, Any]] = list(fault.errors())
    if any(item["type"] == "json_invalid" for item in faults):
        return ProblemError(ProblemType.MALFORMED, "The body is not valid JSON.")
    errors = [_invalid_field(item) for item in faults]
    places = ", ".join(sorted({error.pointer or error.parameter or "body" for error in errors}))
    return ProblemError(ProblemType.INVALID, f"Correct these and send again: {places}.", errors=errors)


HTTP_KINDS = {
    400: (ProblemType.MALFORMED, "The request cannot be read."),
    404: (ProblemType.NOT_FOUND, "There is nothing at this path."),
    405: (ProblemType.METHOD_NOT_ALLOWED, "This path does not take this method."),
    415: (ProblemType.UNSUPPORTED_MEDIA_TYPE, "Send application/json."),
}


def _from_http(fault: HTTPException) -> ProblemError:
    kind, detail = HTTP_KINDS.get(fault.status_code, (ProblemType.INTERNAL, "Something went wrong here."))
    return ProblemError(kind, detail, headers=dict(fault.headers or {}))


def _from_database(fault: Exception) -> ProblemError:
    log.error("database not available", exc_info=fault)
    # Not "nothing was changed": a connection that is lost during the commit leaves that open.
    return ProblemError(
        ProblemType.UNAVAILABLE,
        "The database does not answer. Send the same again in a moment; its Idempotency-Key keeps it from being done "
        "twice.",
        headers={"Retry-After": "2"},
    )


BUG = ProblemError(ProblemType.INTERNAL, "Something went wrong here. Quote the trace id to the operators.")


class AnswerBrokeOffError(Exception):
    """Stands for an error that came when the answer had begun, without its text."""


class LastResort:
    """Answers what no handler took: a bare 500 with a trace id. Runs inside the request's span.

    Starlette would answer outside of it and then raise the error on to the server, which logs its text; that may quote
    data. Ours logs where it happened and no values.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one ASGI scope."""
        has_begun = False

        async def send_and_note(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        except Exception as fault:
            if scope["type"] != "http":
                raise
            log.error("unhandled error", exc_info=fault)
            if has_begun:
                raise AnswerBrokeOffError from None
            await problem_response(BUG)(scope, receive, send)


def install(app: FastAPI) -> None:
    """Registers the handlers. Anything not declared is a bare 500 with a trace id, and is logged.

    Before the telemetry's middleware, so that this one lies inside it.
    """
    app.add_middleware(LastResort)

    async def on_problem(_: Request, error: ProblemError) -> JSONResponse:
        return problem_response(error)

    async def on_validation(_: Request, fault: RequestValidationError) -> JSONResponse:
        return problem_response(_from_validation(fault))

    async def on_http(_: Request, fault: HTTPException) -> JSONResponse:
        return problem_response(_from_http(fault))

    async def on_database(request: Request, fault: DBAPIError | PoolTimeout | OSError) -> JSONResponse:
        lost = not isinstance(fault, DBAPIError) or fault.connection_invalidated
        if lost or isinstance(fault, OperationalError | InterfaceError):
            return problem_response(_from_database(fault))
        return await on_bug(request, fault)

    async def on_bug(_: Request, fault: Exception) -> JSONResponse:
        log.error("unhandled error", exc_info=fault)
        return problem_response(BUG)

    handlers: dict[type[Exception], Any] = {
        ProblemError: on_problem,
        RequestValidationError: on_validation,
        HTTPException: on_http,
        DBAPIError: on_database,
        PoolTimeout: on_database,
        OSError: on_database,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
