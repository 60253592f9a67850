"""HSDS JSON as rows: every nested object becomes a row that names its parent."""

from collections.abc import Iterator
from typing import Any

from .kinds import KINDS

Row = tuple[str, dict[str, Any], str]
"""Kind, values, JSON pointer from the item that was flattened."""


def rows_of(kind: str, item: Any, pointer: str = "", context: dict[str, Any] | None = None) -> Iterator[Row]:
    """The rows of an item, parents before children. What is no object is given as an empty row, to be refused there."""
    if not isinstance(item, dict):
        yield kind, {}, pointer
        return
    values = dict(context or {}) | {name: value for name, value in item.items() if value is not None}
    for name, (child, column) in KINDS[kind].objects.items():
        if (nested := values.pop(name, None)) is not None:
            yield from rows_of(child, nested, f"{pointer}/{name}", _inherited(child, values))
            if isinstance(nested, dict) and "id" in nested:
                values.setdefault(column, nested["id"])
    lists = {name: values.pop(name, None) or [] for name in KINDS[kind].lists}
    yield kind, values, pointer
    for name, (child, column) in KINDS[kind].lists.items():
        nested = lists[name] if isinstance(lists[name], list) else [lists[name]]
        for place, each in enumerate(nested):
            inherited = _inherited(child, values) | {column: values.get("id")}
            yield from rows_of(child, each, f"{pointer}/{name}/{place}", inherited)


def _inherited(child: str, values: dict[str, Any]) -> dict[str, Any]:
    """What a nested object may leave out, because it follows from where it stands."""
    owner = values.get("organization_id")
    return {"organization_id": owner} if child in ("location", "service_at_location") and owner else {}
