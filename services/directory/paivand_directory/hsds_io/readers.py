"""Reads a feed row by row: a folder of CSV files, a JSON file (array, page or single object), or JSON lines."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ijson

from . import nested
from .kinds import ALL
from .schemas import Fault

Found = tuple[str, dict[str, Any], str, str]
"""Kind, values, file, and where in it."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class FeedError(Exception):
    """The feed cannot be read at all."""


def read(path: Path, faults: list[Fault]) -> Iterator[Found]:
    """Every row of the feed; what cannot be read is added to the faults.

    Raises:
        FeedError: there is no feed.
    """
    if path.is_dir():
        files = [(kind.name, file) for kind in ALL if (file := path / kind.file).exists()]
        if not files:
            raise FeedError(f"{path} holds none of the files of an HSDS data package, such as organizations.csv")
        for kind, file in files:
            yield from _csv_rows(kind, file, faults)
    elif not path.exists():
        raise FeedError(f"{path} does not exist")
    else:
        items = _lines(path, faults) if path.suffix in (".ndjson", ".jsonl") else _items(path, faults)
        for where, item in items:
            kind = _kind_of(item)
            for name, values, pointer in nested.rows_of(kind, item):
                yield name, values, path.name, f"{where}{pointer}"


def is_nested(path: Path) -> bool:
    """Whether the same object may stand in several places of the feed."""
    return path.is_file()


def _csv_rows(kind: str, file: Path, faults: list[Fault]) -> Iterator[Found]:
    # What is not UTF-8 is kept apart by surrogates, so that the line can be named instead of giving up the file.
    with file.open(newline="", encoding="utf-8-sig", errors="surrogateescape") as lines:
        reader = csv.DictReader(lines, strict=True)
        while True:
            try:
                row = next(reader, None)
            except csv.Error as error:
                faults.append(Fault(file.name, str(reader.line_num), "", "csv", str(error)))
                continue
            if row is None:
                return
            where = str(reader.line_num)
            if extra := row.pop(None, None):  # pyright: ignore[reportArgumentType, reportCallIssue] - what DictReader does
                faults.append(Fault(file.name, where, "", "columns", f"{len(extra)} cells more than the head has"))
            elif unreadable := [name for name, cell in row.items() if cell and not _is_text(cell)]:
                faults += [Fault(file.name, where, name, "encoding", "is not UTF-8") for name in unreadable]
            else:
                yield kind, {name: _unquoted(cell) for name, cell in row.items() if cell}, file.name, where


def _is_text(cell: str) -> bool:
    try:
        cell.encode()
    except UnicodeEncodeError:
        return False
    return True


def _unquoted(cell: str) -> str:
    """Takes back what the export did against formulas."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def _items(path: Path, faults: list[Fault]) -> Iterator[tuple[str, Any]]:
    with path.open("rb") as file:
        first = file.read(200).lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
        file.seek(0)
        prefixes = {b"[": "item"}
        try:
            if first in prefixes:
                for number, item in enumerate(ijson.items(file, "item", use_float=True)):
                    yield f"/{number}", item
                return
            whole = json.load(file)
        except (ijson.JSONError, ValueError) as error:
            faults.append(Fault(path.name, "", "", "json", str(error)[:200]))
            return
    contents = whole.get("contents") if isinstance(whole, dict) else None
    if isinstance(contents, list):
        yield from ((f"/contents/{number}", item) for number, item in enumerate(contents))
    else:
        yield "", whole


def _lines(path: Path, faults: list[Fault]) -> Iterator[tuple[str, Any]]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                if line.strip():
                    yield str(number), json.loads(line)
            except ValueError as error:
                faults.append(Fault(path.name, str(number), "", "json", str(error)[:200]))


def _kind_of(item: Any) -> str:
    """Services have a status, services at locations a location; everything else at the top is an organization."""
    if isinstance(item, dict) and ("location_id" in item or "location" in item):
        return "service_at_location"
    return "service" if isinstance(item, dict) and "status" in item else "organization"
