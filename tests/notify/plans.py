"""What PostgreSQL does for a statement."""

import json
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncSession


class Recorder:
    """Notes the statements that a session's engine runs, to explain them afterwards with the same parameters."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._engine = session.get_bind().engine
        self.statements: list[tuple[str, Any]] = []

    def __enter__(self) -> "Recorder":
        event.listen(self._engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        self.statements.append((statement, parameters))

    async def plan(self, number: int = -1) -> dict[str, Any]:
        """The plan of one noted statement, executed."""
        statement, parameters = self.statements[number]
        connection = await self._session.connection()
        explain = f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}"
        rows = (await connection.exec_driver_sql(explain, tuple(parameters))).scalar_one()
        return (json.loads(rows) if isinstance(rows, str) else rows)[0]["Plan"]


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """All nodes of a plan."""
    return [plan, *(node for child in plan.get("Plans", []) for node in nodes(child))]


async def analyze(session: AsyncSession, table: str) -> None:
    await session.execute(text(f"ANALYZE {table}"))
