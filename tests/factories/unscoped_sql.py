"""Takes the caller's organization out of every WHERE clause that a service sends, as a careless change might."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from paivand_kit.database import Database
from sqlalchemy import event

# `organization_id = $1`, with a cast or without.
CONDITION = re.compile(
    r"(?:\w+\.)?\w*organization_id\s*=\s*((?:CAST\(\s*)?\$\d+(?:::\w+)?(?:\s+AS\s+\w+\))?)", re.IGNORECASE
)


@contextmanager
def where_removed(database: Database) -> Iterator[list[str]]:
    """Within the block no statement asks whose the rows are. Gives the statements that were changed."""
    changed: list[str] = []

    def strip(_: Any, __: Any, statement: str, parameters: Any, ___: Any, ____: bool) -> tuple[str, Any]:
        stripped = CONDITION.sub(r"(CAST(\1 AS uuid) IS NOT NULL)", statement)
        if stripped != statement:
            changed.append(stripped)
        return stripped, parameters

    engines = [engine.sync_engine for engine in database.engines]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", strip, retval=True)
    try:
        yield changed
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", strip)
