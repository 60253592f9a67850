"""Alembic environment: the kit runs it."""

import paivand_referral.cases.tables
import paivand_referral.directory.tables
import paivand_referral.referrals.tables  # noqa: F401 - fills the metadata
from paivand_kit import consumer, idempotency, migrations, outbox  # noqa: F401 - fills the metadata
from paivand_kit.database import Base

migrations.run(Base.metadata)
