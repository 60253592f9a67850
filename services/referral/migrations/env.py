"""Alembic environment of referral."""

import paivand_referral.app  # noqa: F401 - loads all tables, the kit's among them
from paivand_kit.database import Base
from paivand_kit.migrations import run

run(Base.metadata)
