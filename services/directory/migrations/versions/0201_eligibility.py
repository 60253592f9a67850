"""Whom services are for, as conditions that can be judged."""

from alembic import op
from paivand_kit import kit_tables

revision = "0201"
down_revision = "0101"

TABLES = """
CREATE TABLE service_eligibility (
    service_id uuid CONSTRAINT pk_service_eligibility PRIMARY KEY
        CONSTRAINT fk_service_eligibility_service_id REFERENCES services (id),
    version integer NOT NULL,
    last_modified timestamptz NOT NULL DEFAULT statement_timestamp()
);
CREATE TABLE eligibility_criteria (
    service_id uuid NOT NULL CONSTRAINT fk_eligibility_criteria_service_id REFERENCES services (id),
    attribute text NOT NULL,
    operator text NOT NULL CONSTRAINT ck_eligibility_criteria_operator
        CHECK (operator IN ('within', 'all-within', 'any-of', 'none-of', 'covers')),
    codes text[] NOT NULL,
    minimum integer,
    maximum integer,
    CONSTRAINT ck_eligibility_criteria_range CHECK (minimum <= maximum),
    CONSTRAINT pk_eligibility_criteria PRIMARY KEY (service_id, attribute, operator)
)
"""

# HSDS states the age on the service itself; here it is one condition among others.
CONDITIONS = """
CREATE VIEW eligibility_conditions AS
SELECT service_id, attribute, operator, codes, minimum, maximum FROM eligibility_criteria
UNION ALL
SELECT id, 'age', 'within', '{}', minimum_age, maximum_age FROM services
WHERE minimum_age IS NOT NULL OR maximum_age IS NOT NULL
"""


def upgrade() -> None:
    """Applies."""
    for statement in ";".join((TABLES, CONDITIONS)).split(";"):
        op.execute(statement)
    kit_tables.grant("directory", "SELECT, INSERT, UPDATE", "service_eligibility")
    kit_tables.grant("directory", "SELECT, INSERT, DELETE", "eligibility_criteria")
    kit_tables.grant("directory", "SELECT", "eligibility_conditions")
