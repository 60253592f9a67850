"""The operator's command: exit codes, and where it says what."""

import asyncio
import stat
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from paivand_local.testing import PostgresServer

pytestmark = pytest.mark.integration


async def command(postgres: PostgresServer, *arguments: str) -> tuple[int | None, str, str]:
    """Exit code, output and errors."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "paivand_directory.hsds_io", *arguments),
        env={"PAIVAND_DATABASE_URL": postgres.url("directory")},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    return process.returncode, output.decode(), errors.decode()


async def test_bad_rows_are_named_and_the_exit_code_tells(postgres: PostgresServer, tmp_path: Path) -> None:
    (tmp_path / "organizations.csv").write_text(f"id,name,description\n{uuid4()},Good,d\n{uuid4()},,d\n")
    assert await command(postgres, "import", "--dry-run", str(tmp_path)) == (
        1,
        "1 rows read, 1 would be new or changed, 1 faults\n",
        "organizations.csv:3: name: Field required (missing)\n",
    )
    (tmp_path / "organizations.csv").write_text(f"id,name,description\n{uuid4()},Good,d\n")
    assert await command(postgres, "import", str(tmp_path)) == (0, "1 rows read, 1 new or changed, 0 faults\n", "")


async def test_no_feed_is_said(postgres: PostgresServer, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing.json"):
        code, output, errors = await command(postgres, "import", str(path))
        assert (code, output) == (2, "")
        assert str(path) in errors


async def test_an_export_is_not_readable_by_others(postgres: PostgresServer, tmp_path: Path) -> None:
    path = tmp_path / "all.json"
    code, output, _ = await command(postgres, "export", str(path))
    assert code == 0
    assert f"organizations written to {path}" in output
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
