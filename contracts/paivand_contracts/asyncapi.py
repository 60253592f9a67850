"""Writes down what travels over NATS, from the models themselves: `python -m paivand_contracts.asyncapi`.

Prints the AsyncAPI 3.0 document (docs/asyncapi.json). With a folder as argument it writes one schema for each
message there (tests/contracts/schemas), by which a breaking change is noticed.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from .audit import DirectoryAuditHeadSigned, NotifyAuditHeadSigned, ReferralAuditHeadSigned, UnusualReadingFound
from .capacity import (
    CONFIRM_HOLD,
    PLACE_HOLD,
    RELEASE_HOLD,
    CapacityEvent,
    ConfirmHold,
    HoldAnswer,
    PlaceHold,
    ReleaseHold,
)
from .directory import DirectoryEvent
from .envelope import Event, Message, OutboxPage, OutboxRead, events_of, outbox_read_subject, subject_of
from .hearings import HearingEvent
from .matching import MATCH, MatchReply, MatchRequest
from .membership import MembershipEvent
from .referral import CaseErased, ReferralEvent

REFERENCE = "#/components/schemas/{model}"
CLOUDEVENTS = "application/cloudevents+json"


@dataclass(frozen=True)
class Request:
    """A question that one service answers for others, and where it is asked."""

    subject: str
    question: type[Message]
    answer: type[Message]


EVENTS: dict[str, list[type[Event]]] = {
    "directory": [
        *events_of(DirectoryEvent),
        *events_of(CapacityEvent),
        *events_of(MembershipEvent),
        DirectoryAuditHeadSigned,
    ],
    "referral": [
        *events_of(ReferralEvent),
        *events_of(HearingEvent),
        CaseErased,
        ReferralAuditHeadSigned,
        UnusualReadingFound,
    ],
    "notify": [NotifyAuditHeadSigned],
}
REQUESTS: dict[str, list[Request]] = {
    producer: [Request(outbox_read_subject(producer), OutboxRead, OutboxPage)] for producer in EVENTS
}
REQUESTS["directory"] += [
    Request(PLACE_HOLD, PlaceHold, HoldAnswer),
    Request(CONFIRM_HOLD, ConfirmHold, HoldAnswer),
    Request(RELEASE_HOLD, ReleaseHold, HoldAnswer),
    Request(MATCH, MatchRequest, MatchReply),
]


def messages() -> dict[str, type[Message]]:
    """All messages by the name of their model."""
    events = [event for each in EVENTS.values() for event in each]
    asked = [model for each in REQUESTS.values() for request in each for model in (request.question, request.answer)]
    return {model.__name__: model for model in [*events, *asked]}


def document() -> dict[str, Any]:
    """The AsyncAPI document of the whole network. Operations are those of the service that owns the channel."""
    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    for producer, events in EVENTS.items():
        for event in events:
            _add_event(channels, operations, producer, event)
    for producer, requests in REQUESTS.items():
        for request in requests:
            _add_request(channels, operations, producer, request)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Paivand over NATS",
            "version": "1",
            "description": "Events are CloudEvents 1.0 in JSON on JetStream, at least once and ordered by `sequence`. "
            "They carry identifiers and codes, never a word about a person. Requests are answered by one replica of "
            "the service that owns the subject.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": CLOUDEVENTS,
        "channels": channels,
        "operations": operations,
        "components": {"messages": _messages(), "schemas": _schemas()},
    }


def _add_event(channels: dict[str, Any], operations: dict[str, Any], producer: str, event: type[Event]) -> None:
    subject, name = subject_of(event), event.__name__
    channels[subject] = _channel(subject, event)
    operations[f"{producer}.send.{name}"] = _operation("send", subject, event)


def _add_request(channels: dict[str, Any], operations: dict[str, Any], producer: str, request: Request) -> None:
    reply = f"{request.subject}.reply"
    channels[request.subject] = _channel(request.subject, request.question)
    # Where to answer comes with each request (NATS reply subject), so the channel has no address of its own.
    channels[reply] = _channel(None, request.answer)
    operation = _operation("receive", request.subject, request.question)
    operation["reply"] = {
        "channel": {"$ref": f"#/channels/{reply}"},
        "messages": [{"$ref": f"#/channels/{reply}/messages/{request.answer.__name__}"}],
    }
    operations[f"{producer}.answer.{request.question.__name__}"] = operation


def _channel(address: str | None, message: type[Message]) -> dict[str, Any]:
    name = message.__name__
    return {
        "address": address,
        "description": _summary(message),
        "messages": {name: {"$ref": f"#/components/messages/{name}"}},
    }


def _operation(action: str, channel: str, message: type[Message]) -> dict[str, Any]:
    return {
        "action": action,
        "summary": _summary(message),
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{message.__name__}"}],
    }


def _messages() -> dict[str, Any]:
    return {
        name: {
            "name": name,
            "summary": _summary(model),
            "contentType": CLOUDEVENTS if issubclass(model, Event) else "application/json",
            "payload": {"$ref": REFERENCE.format(model=name)},
        }
        for name, model in messages().items()
    }


def _schemas() -> dict[str, Any]:
    wanted: list[tuple[type[Message], JsonSchemaMode]] = [(model, "validation") for model in messages().values()]
    _, definitions = models_json_schema(wanted, ref_template=REFERENCE)
    schemas: dict[str, Any] = definitions["$defs"]
    for name, model in messages().items():
        if issubclass(model, Event):
            # A subclass that narrows a field says the same of it as the envelope does.
            for field, schema in schemas[name]["properties"].items():
                schema.setdefault("description", Event.model_fields[field].description)
    return schemas


def _summary(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").strip().split("\n", 1)[0]


def shapes() -> dict[str, Any]:
    """The schema of each message without its words: what must not change within a version."""
    return {name: _without_words(model.model_json_schema()) for name, model in messages().items()}


def _without_words(schema: Any) -> Any:
    """Drops titles, descriptions and examples, but not properties of these names."""
    if isinstance(schema, list):
        return [_without_words(each) for each in schema]  # pyright: ignore[reportUnknownVariableType]
    if not isinstance(schema, dict):
        return schema
    kept: dict[str, Any] = {}
    for key, value in schema.items():  # pyright: ignore[reportUnknownVariableType]
        if key in ("properties", "$defs"):
            kept[key] = {name: _without_words(each) for name, each in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
        elif key not in ("title", "description", "examples"):
            kept[str(key)] = _without_words(value)  # pyright: ignore[reportUnknownArgumentType]
    return kept


def rendered(value: Any) -> str:
    """JSON as it is kept in the repository."""
    return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    if sys.argv[1:]:
        for shape_name, shape in shapes().items():
            (Path(sys.argv[1]) / f"{shape_name}.json").write_text(rendered(shape), "utf-8")
    else:
        sys.stdout.write(rendered(document()))
