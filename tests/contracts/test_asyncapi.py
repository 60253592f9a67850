"""What travels over NATS: described whole, and not changed by accident."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from paivand_contracts.asyncapi import EVENTS, REQUESTS, document, messages, rendered, shapes
from paivand_contracts.envelope import Event, subject_of

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
STORED = {file.stem: file for file in (HERE / "schemas").glob("*.json")}


@pytest.fixture(scope="module")
def validator() -> Draft7Validator:
    return Draft7Validator(json.loads((HERE / "asyncapi" / "3.0.0.schema.json").read_text("utf-8")))


class TestDocument:
    def test_is_valid_asyncapi(self, validator: Draft7Validator) -> None:
        assert [error.message for error in validator.iter_errors(document())] == []

    def test_validator_would_notice(self, validator: Draft7Validator) -> None:
        wrong = document()
        next(iter(wrong["operations"].values()))["action"] = "shout"
        assert not validator.is_valid(wrong)

    def test_every_reference_leads_somewhere(self) -> None:
        whole = document()
        for reference in _references(whole):
            place: Any = whole
            for step in reference.removeprefix("#/").split("/"):
                place = place[step]

    def test_every_field_is_described(self) -> None:
        schemas = document()["components"]["schemas"]
        bare = [
            f"{name}.{field}"
            for name, schema in schemas.items()
            for field, described in schema.get("properties", {}).items()
            if not described.get("description")
        ]
        assert bare == []
        assert [name for name, schema in schemas.items() if not schema.get("description")] == []

    def test_copy_in_docs_is_current(self) -> None:
        """Write it anew: python -m paivand_contracts.asyncapi > docs/asyncapi.json"""
        assert (ROOT / "docs" / "asyncapi.json").read_text("utf-8") == rendered(document())


class TestShapes:
    """Write a new message's schema: python -m paivand_contracts.asyncapi tests/contracts/schemas"""

    def test_all_are_stored(self) -> None:
        assert set(STORED) == set(messages())

    @pytest.mark.parametrize("name", sorted(STORED))
    def test_no_shape_has_changed(self, name: str) -> None:
        """A change that breaks consumers is a `.v2` beside `.v1`; any other may be written over the stored one."""
        assert shapes()[name] == json.loads(STORED[name].read_text("utf-8"))


class TestNames:
    @pytest.mark.parametrize(
        ("producer", "event"), [(producer, event) for producer, events in EVENTS.items() for event in events]
    )
    def test_event_stands_in_its_producers_space(self, producer: str, event: type[Event]) -> None:
        words = subject_of(event).split(".")
        assert words[:2] == ["paivand", producer]
        # Five words and a version: what the producer's stream takes.
        assert (len(words), words[4]) == (5, "v1")
        assert event.model_fields["source"].default == f"/paivand/{producer}"

    def test_subjects_are_told_apart(self) -> None:
        subjects = [subject_of(event) for events in EVENTS.values() for event in events]
        subjects += [request.subject for requests in REQUESTS.values() for request in requests]
        assert len(set(subjects)) == len(subjects)

    @pytest.mark.parametrize("request_", [request for requests in REQUESTS.values() for request in requests])
    def test_no_stream_takes_a_request(self, request_: Any) -> None:
        assert len(request_.subject.split(".")) != 5


def _references(value: Any) -> list[str]:
    if isinstance(value, list):
        return [found for each in value for found in _references(each)]
    if not isinstance(value, dict):
        return []
    own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
    return own + [found for each in value.values() for found in _references(each)]
