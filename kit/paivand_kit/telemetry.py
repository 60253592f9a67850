"""Traces, metrics and JSON logs. Silent unless OTEL_EXPORTER_OTLP_ENDPOINT is set; trace ids are always there.

Neither spans, metrics nor log lines ever carry a query string, a body, a header or anything about a person.
"""

import json
import logging
import os
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from datetime import UTC, datetime
from typing import Any

from opentelemetry import metrics, trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

ASGIApp = Callable[..., Awaitable[None]]
tracer = trace.get_tracer("paivand")
meter = metrics.get_meter("paivand")
propagator = TraceContextTextMapPropagator()

request_duration = meter.create_histogram(
    "http.server.request.duration", unit="s", description="Time from request to answer."
)


def configure(service: str, *, level: str = "INFO") -> None:
    """Sets up logs, and traces and metrics over OTLP when an endpoint is configured. Call once per process."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter(service))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("httpx", "httpcore", "nats"):
        logging.getLogger(noisy).setLevel(logging.WARNING)

    resource = Resource.create({"service.name": f"paivand-{service}"})
    # Without a collector nothing is recorded, but every request still has its trace id.
    provider = TracerProvider(resource=resource, sampler=None if is_exporting() else ALWAYS_OFF)
    if is_exporting():
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        reader = PeriodicExportingMetricReader(OTLPMetricExporter())
        metrics.set_meter_provider(MeterProvider(resource=resource, metric_readers=[reader]))
    trace.set_tracer_provider(provider)


def is_exporting() -> bool:
    """Whether anybody will see the spans; the costly ones are made only then."""
    return bool(os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"))


def current_trace_id() -> str | None:
    """Trace id of the running request or message as 32 hex digits."""
    context = trace.get_current_span().get_span_context()
    return format(context.trace_id, "032x") if context.is_valid else None


def current_traceparent() -> str | None:
    """W3C `traceparent` of the running span, to travel in an event."""
    carrier: dict[str, str] = {}
    propagator.inject(carrier)
    return carrier.get("traceparent")


def context_of(traceparent: str | None) -> Context | None:
    """The remote parent that a `traceparent` names."""
    return propagator.extract({"traceparent": traceparent}) if traceparent else None


def observe(name: str, description: str, read: Callable[[], float | None], *, unit: str = "1") -> None:
    """A gauge whose value is read at export time; None reports nothing."""

    def callback(_: CallbackOptions) -> Iterable[Observation]:
        value = read()
        return [] if value is None else [Observation(value)]

    meter.create_observable_gauge(name, callbacks=[callback], unit=unit, description=description)


class JsonFormatter(logging.Formatter):
    """One JSON object a line, with the trace id. Exception texts are left out: they may quote data."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        """Renders one record."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "service": self._service,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if trace_id := current_trace_id():
            line["trace_id"] = trace_id
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = type(record.exc_info[1]).__qualname__
            line["at"] = _frames(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def _frames(error: BaseException) -> list[str]:
    """Where it happened, as file:line:function of our own innermost frames; no values."""
    frames: list[str] = []
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        frames.append(f"{os.path.basename(code.co_filename)}:{step.tb_lineno}:{code.co_name}")
        step = step.tb_next
    return frames[-8:]


class TelemetryMiddleware:
    """Starts the span of a request, measures it, and forbids caches to keep an answer.

    Own code rather than the ASGI instrumentation: that one costs several spans per request and records the
    full URL with its query string.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[Any]],
        send: Callable[[Any], Awaitable[None]],
    ) -> None:
        """Handles one ASGI scope."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {key: value for key, value in scope["headers"] if key in (b"traceparent", b"tracestate")}
        carrier = {key.decode("latin-1"): value.decode("latin-1") for key, value in headers.items()}
        started, status = time.perf_counter(), 500

        async def send_and_note(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message["headers"], (b"x-content-type-options", b"nosniff")]
                # A calendar's answer says itself how it may be kept.
                if not any(name == b"cache-control" for name, _ in headers):
                    headers.append((b"cache-control", b"no-store"))
                message["headers"] = headers
            await send(message)

        with tracer.start_as_current_span(
            scope["method"], context=propagator.extract(carrier), kind=SpanKind.SERVER
        ) as span:
            try:
                await self._app(scope, receive, send_and_note)
            finally:
                route = str(getattr(scope.get("route"), "path", "unmatched"))
                span.update_name(f"{scope['method']} {route}")
                span.set_attributes({"http.route": route, "http.response.status_code": status})
                if status >= 500:
                    span.set_status(Status(StatusCode.ERROR))
                attributes = {"http.request.method": scope["method"], "http.route": route, "status": status}
                request_duration.record(time.perf_counter() - started, attributes)


def trace_sql(engine: AsyncEngine) -> None:
    """A span for each SQL statement, with its first word only (statements may hold values in text form)."""

    def before(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        name = statement.lstrip().split(None, 1)[0].upper() if statement.strip() else "SQL"
        context.paivand_span = tracer.start_span(f"SQL {name}", kind=SpanKind.CLIENT)

    def after(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        context.paivand_span.end()

    def failed(context: Any) -> None:
        span = getattr(context.execution_context, "paivand_span", None)
        if span is not None:
            span.set_status(Status(StatusCode.ERROR))
            span.end()

    event.listen(engine.sync_engine, "before_cursor_execute", before)
    event.listen(engine.sync_engine, "after_cursor_execute", after)
    event.listen(engine.sync_engine, "handle_error", failed)
