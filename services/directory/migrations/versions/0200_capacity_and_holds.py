"""How much room services have, and what of it is kept for whom."""

from alembic import op
from paivand_kit import kit_tables

revision = "0200"
down_revision = "0100"

CAPACITIES = """
CREATE TABLE service_capacities (
    id uuid CONSTRAINT pk_service_capacities PRIMARY KEY,
    service_id uuid NOT NULL CONSTRAINT fk_service_capacities_service_id REFERENCES services (id),
    unit text NOT NULL CONSTRAINT ck_service_capacities_unit
        CHECK (unit IN ('bed', 'family-room', 'appointment-slot', 'caseload')),
    name text NOT NULL,
    maximum integer NOT NULL,
    confirmed integer NOT NULL,
    confirm_within interval NOT NULL,
    confirmed_at timestamptz NOT NULL,
    confirm_by timestamptz NOT NULL,
    is_asked_to_confirm boolean NOT NULL DEFAULT false,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT ck_service_capacities_room CHECK (confirmed >= 0 AND confirmed <= maximum),
    CONSTRAINT uq_service_capacities_service_id_unit_name UNIQUE (service_id, unit, name)
);
CREATE INDEX ix_service_capacities_confirm_by ON service_capacities (confirm_by) WHERE NOT is_asked_to_confirm;
CREATE TABLE capacity_history (
    capacity_id uuid NOT NULL CONSTRAINT fk_capacity_history_capacity_id REFERENCES service_capacities (id),
    version integer NOT NULL,
    change text NOT NULL,
    maximum integer NOT NULL,
    confirmed integer NOT NULL,
    held integer NOT NULL,
    subject text NOT NULL,
    at timestamptz NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT pk_capacity_history PRIMARY KEY (capacity_id, version)
)
"""

HOLDS = """
CREATE TABLE holds (
    id uuid CONSTRAINT pk_holds PRIMARY KEY,
    capacity_id uuid NOT NULL CONSTRAINT fk_holds_capacity_id REFERENCES service_capacities (id),
    organization_id uuid NOT NULL CONSTRAINT fk_holds_organization_id REFERENCES organizations (id),
    quantity integer NOT NULL CONSTRAINT ck_holds_quantity CHECK (quantity > 0),
    until timestamptz NOT NULL,
    status text NOT NULL CONSTRAINT ck_holds_status CHECK (status IN ('held', 'confirmed', 'released', 'expired')),
    version integer NOT NULL DEFAULT 1,
    placed_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    last_modified timestamptz NOT NULL DEFAULT statement_timestamp()
);
CREATE INDEX ix_holds_capacity_id_id ON holds (capacity_id, id);
CREATE INDEX ix_holds_open ON holds (capacity_id) WHERE status IN ('held', 'confirmed');
CREATE INDEX ix_holds_until ON holds (until) WHERE status = 'held'
"""

# A hold counts until its time, whether somebody has marked it as expired or not. The version counts what is still
# unmarked as if it were marked, so that whoever read the figures before the time does not change them after it.
FIGURES = """
CREATE VIEW capacity_figures AS
SELECT c.id, c.service_id, c.unit, c.name,
    c.maximum, c.confirmed, h.held, c.maximum - c.confirmed - h.held AS available,
    h.promised, c.confirm_within, c.confirmed_at, c.confirm_by, c.confirm_by < statement_timestamp() AS is_stale,
    c.version + h.due AS version
FROM service_capacities c CROSS JOIN LATERAL (
    SELECT
        coalesce(sum(quantity) FILTER (WHERE status = 'held' AND until > statement_timestamp()), 0)::integer AS held,
        coalesce(sum(quantity) FILTER (WHERE status = 'confirmed'), 0)::integer AS promised,
        (count(*) FILTER (WHERE status = 'held' AND until <= statement_timestamp()))::integer AS due
    FROM holds WHERE capacity_id = c.id AND status IN ('held', 'confirmed')
) h
"""


def upgrade() -> None:
    """Applies. History only grows; holds are closed, never deleted."""
    for statement in ";".join((CAPACITIES, HOLDS, FIGURES)).split(";"):
        op.execute(statement)
    kit_tables.grant("directory", "SELECT, INSERT, UPDATE", "service_capacities")
    kit_tables.grant("directory", "SELECT, INSERT", "capacity_history")
    kit_tables.grant("directory", "SELECT, INSERT, UPDATE", "holds")
    kit_tables.grant("directory", "SELECT", "capacity_figures")
