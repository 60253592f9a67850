"""Table of matching: all that it asks of a service in one row. The database keeps it by triggers, in the transaction of
every change, so that no path of writing can forget it.
"""

from paivand_kit.database import Base
from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY

from ..eligibility.rules import CONDITION_COLUMNS

# `areas` are those that a service serves, `*` when it serves all. Of the columns of conditions, most are null.
MATCH_ENTRIES = Table(
    "match_entries",
    Base.metadata,
    Column("service_id", Uuid, ForeignKey("services.id"), primary_key=True),
    Column("organization_id", Uuid, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("taxonomy_terms", ARRAY(Text), nullable=False),
    Column("areas", ARRAY(Text), nullable=False),
    Column("conditions", Integer, nullable=False),
    *(Column(name, Integer if is_number else ARRAY(Text)) for name, is_number in CONDITION_COLUMNS.items()),
    Index(
        "ix_match_entries_taxonomy_terms_areas",
        "taxonomy_terms",
        "areas",
        postgresql_using="gin",
        postgresql_where=text("is_active"),
    ),
)
