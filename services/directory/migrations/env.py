"""Alembic's entry: which tables the directory service has."""

import paivand_directory.app  # noqa: F401 - imports every table
from paivand_kit.database import Base
from paivand_kit.migrations import run

run(Base.metadata)
