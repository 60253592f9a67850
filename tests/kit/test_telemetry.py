"""What logs say, and what they keep to themselves."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import TracerProvider
from paivand_kit.telemetry import JsonFormatter

SECRET = "Gulnora Rahimova"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What a logger named `test.json` writes."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter("directory"))
    logger = logging.getLogger("test.json")
    logger.addHandler(handler)
    yield stream
    logger.removeHandler(handler)


def fail() -> None:
    raise ValueError(SECRET)


def test_exception_is_named_and_placed_but_not_quoted(written: io.StringIO) -> None:
    try:
        try:
            fail()
        except ValueError as error:
            raise RuntimeError(SECRET) from error
    except RuntimeError:
        logging.getLogger("test.json").exception("something failed")
    assert SECRET not in written.getvalue()
    line = json.loads(written.getvalue())
    assert (line["level"], line["service"], line["message"]) == ("error", "directory", "something failed")
    assert line["error"] == "RuntimeError"
    assert line["at"][-1].startswith("test_telemetry.py:")


def test_one_line_for_one_record(written: io.StringIO) -> None:
    logging.getLogger("test.json").warning("two\nlines %s", "ӣ")
    assert written.getvalue().count("\n") == 1
    assert json.loads(written.getvalue())["message"] == "two\nlines ӣ"


def test_trace_id_is_there_inside_a_span(written: io.StringIO) -> None:
    logger, tracer = logging.getLogger("test.json"), TracerProvider().get_tracer("test")
    with tracer.start_as_current_span("work") as span:
        logger.warning("inside")
    logger.warning("outside")
    inside, outside = map(json.loads, written.getvalue().splitlines())
    assert inside["trace_id"] == format(span.get_span_context().trace_id, "032x")
    assert "trace_id" not in outside
