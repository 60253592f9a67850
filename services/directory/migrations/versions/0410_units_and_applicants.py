"""Organizations that have only applied, and HSDS `unit`."""

from uuid import NAMESPACE_URL, uuid5

import sqlalchemy as sa
from alembic import op
from paivand_kit import kit_tables

revision = "0410"
down_revision = "0400"

UNITS = ("bed", "family-room", "appointment-slot", "caseload")


def upgrade() -> None:
    """Applies. The units that are counted here stand in the table from the start."""
    op.drop_constraint("ck_organizations_status", "organizations")
    op.create_check_constraint("status", "organizations", "status IN ('applied', 'active', 'suspended')")
    units = op.create_table(
        "units",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("scheme", sa.Text),
        sa.Column("identifier", sa.Text),
        sa.Column("uri", sa.Text),
        sa.Column("id", sa.Uuid, primary_key=True),
    )
    ids = {code: uuid5(NAMESPACE_URL, f"urn:paivand:unit:{code}") for code in UNITS}
    op.bulk_insert(
        units, [{"id": id_, "name": code, "scheme": "paivand", "identifier": code} for code, id_ in ids.items()]
    )
    kit_tables.grant("directory", "SELECT, INSERT, UPDATE, DELETE", "units")
