"""Every error is a problem document, and none repeats what was sent."""

import logging
import traceback
from collections.abc import AsyncIterator
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI, Header, Query
from fastapi.responses import StreamingResponse
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from paivand_contracts.problems import Problem, ProblemType
from paivand_kit import problems
from paivand_kit.inputs import EmailAddress, Input, Line, Prose, WebAddress
from paivand_kit.problems import MEDIA_TYPE
from paivand_kit.telemetry import TelemetryMiddleware
from pydantic import Field

SECRET = "Gulnora Rahimova"


class Color(StrEnum):
    RED = "red"


class Nested(Input):
    when: datetime
    day: date


class Everything(Input):
    """One field of every kind that pydantic words its own messages for."""

    id: UUID
    number: int = Field(ge=1, le=5)
    ratio: float
    flag: bool
    color: Color
    word: Literal["a"]
    line: Line
    prose: Prose
    email: EmailAddress
    web: WebAddress
    nested: Nested
    items: list[int]
    mapping: dict[str, int]
    union: int | UUID


def application() -> FastAPI:
    app = FastAPI(telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False})
    problems.install(app)
    app.add_middleware(TelemetryMiddleware)

    @app.post("/everything")
    async def everything(
        body: Everything, n: Annotated[int, Query()] = 1, x_when: Annotated[datetime | None, Header()] = None
    ) -> None: ...

    @app.get("/bug")
    async def bug() -> None:
        raise RuntimeError(SECRET)

    @app.get("/broken-off")
    async def broken_off() -> StreamingResponse:
        async def parts() -> AsyncIterator[bytes]:
            yield b"begun"
            raise RuntimeError(SECRET)

        return StreamingResponse(parts())

    @app.get("/items/{item_id}")
    async def item(item_id: UUID) -> None: ...

    return app


@pytest.fixture(autouse=True, scope="module")
def trace_ids() -> None:
    """As a service sets them up without a collector. A process has one provider: after other tests it is there."""
    trace.set_tracer_provider(TracerProvider(sampler=ALWAYS_OFF))


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(application(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


def is_problem(answer: httpx.Response, status: int, kind: ProblemType) -> Problem:
    assert answer.status_code == status
    assert answer.headers["content-type"] == MEDIA_TYPE
    problem = Problem.model_validate(answer.json())
    assert (problem.status, problem.type) == (status, kind.urn)
    assert problem.trace_id
    return problem


class TestValidation:
    @pytest.mark.parametrize("field", Everything.model_fields)
    @pytest.mark.parametrize("value", [SECRET, [SECRET], {"x": SECRET}, None])
    async def test_wrong_value_is_not_repeated(self, client: httpx.AsyncClient, field: str, value: Any) -> None:
        answer = await client.post("/everything", json={field: value})
        problem = is_problem(answer, 422, ProblemType.INVALID)
        # A text is right for a text; what is wrong then are the fields that are missing.
        wrong = "/number" if field in ("line", "prose") and value == SECRET else f"/{field}"
        assert any((fault.pointer or "").startswith(wrong) for fault in problem.errors or [])
        assert SECRET not in answer.text

    async def test_unknown_field_is_named_by_place_and_rule(self, client: httpx.AsyncClient) -> None:
        answer = await client.post("/everything", json={"a/b~c": SECRET})
        faults = is_problem(answer, 422, ProblemType.INVALID).errors or []
        assert [fault.rule for fault in faults if fault.pointer == "/a~1b~0c"] == ["extra_forbidden"]
        assert SECRET not in answer.text

    async def test_parameter_and_header_are_named(self, client: httpx.AsyncClient) -> None:
        answer = await client.post("/everything", params={"n": SECRET}, headers={"x-when": SECRET}, json={})
        faults = is_problem(answer, 422, ProblemType.INVALID).errors or []
        assert {"n", "x-when"} <= {fault.parameter for fault in faults}
        assert SECRET not in answer.text

    async def test_path_is_not_repeated(self, client: httpx.AsyncClient) -> None:
        answer = await client.get(f"/items/{SECRET}")
        is_problem(answer, 422, ProblemType.INVALID)
        assert SECRET not in answer.text

    @given(
        value=st.recursive(st.text(min_size=8) | st.integers() | st.none(), lambda each: st.lists(each), max_leaves=4)
    )
    async def test_nothing_that_can_be_sent_makes_a_5xx(self, value: Any) -> None:
        transport = httpx.ASGITransport(application(), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            body = dict.fromkeys(Everything.model_fields, value)
            is_problem(await client.post("/everything", json=body), 422, ProblemType.INVALID)


class TestOthers:
    async def test_broken_json(self, client: httpx.AsyncClient) -> None:
        headers = {"content-type": "application/json"}
        answer = await client.post("/everything", content=f'{{"name": "{SECRET}"', headers=headers)
        is_problem(answer, 400, ProblemType.MALFORMED)
        assert SECRET not in answer.text

    async def test_unknown_path_and_method(self, client: httpx.AsyncClient) -> None:
        is_problem(await client.get("/nowhere"), 404, ProblemType.NOT_FOUND)
        answer = await client.get("/everything")
        is_problem(answer, 405, ProblemType.METHOD_NOT_ALLOWED)
        assert answer.headers["allow"] == "POST"

    async def test_bug_says_nothing_but_the_trace_id(
        self, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.ERROR):
            answer = await client.get("/bug")
        is_problem(answer, 500, ProblemType.INTERNAL)
        assert SECRET not in answer.text

    @pytest.mark.parametrize("path", ["/bug", "/broken-off"])
    async def test_the_server_gets_no_error_whose_text_it_would_log(self, path: str) -> None:
        transport = httpx.ASGITransport(application(), raise_app_exceptions=True)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            logged = ""
            try:
                await client.get(path)
            except Exception as raised:
                logged = "".join(traceback.format_exception(raised))
        assert SECRET not in logged
        assert ("AnswerBrokeOffError" in logged) == (path == "/broken-off")

    async def test_callers_trace_is_continued(self, client: httpx.AsyncClient) -> None:
        trace_id = "0af7651916cd43dd8448eb211c80319c"
        answer = await client.get("/nowhere", headers={"traceparent": f"00-{trace_id}-b7ad6b7169203331-01"})
        assert answer.json()["trace_id"] == trace_id

    def test_every_type_has_status_and_title(self) -> None:
        for kind in ProblemType:
            assert 400 <= kind.status <= 599
            assert kind.caption
            assert kind.urn == f"urn:paivand:problem:{kind.value}"
