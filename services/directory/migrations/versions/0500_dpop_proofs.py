"""DPoP proofs that were used."""

from paivand_kit import kit_tables

revision = "0500"
down_revision = "0420"


def upgrade() -> None:
    """Creates the kit's table."""
    kit_tables.create_dpop_proofs("directory")
