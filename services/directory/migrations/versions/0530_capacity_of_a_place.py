"""Capacity of a service at one of its locations."""

from alembic import op

revision = "0530"
down_revision = "0520"

# As it was, with the place at its end.
FIGURES = """
CREATE OR REPLACE VIEW capacity_figures AS
SELECT c.id, c.service_id, c.unit, c.name,
    c.maximum, c.confirmed, h.held, c.maximum - c.confirmed - h.held AS available,
    h.promised, c.confirm_within, c.confirmed_at, c.confirm_by, c.confirm_by < statement_timestamp() AS is_stale,
    c.version + h.due AS version, c.service_at_location_id
FROM service_capacities c CROSS JOIN LATERAL (
    SELECT
        coalesce(sum(quantity) FILTER (WHERE status = 'held' AND until > statement_timestamp()), 0)::integer AS held,
        coalesce(sum(quantity) FILTER (WHERE status = 'confirmed'), 0)::integer AS promised,
        (count(*) FILTER (WHERE status = 'held' AND until <= statement_timestamp()))::integer AS due
    FROM holds WHERE capacity_id = c.id AND status IN ('held', 'confirmed')
) h
"""


def upgrade() -> None:
    """Applies. The pair makes sure that the place is one of the service."""
    op.execute(
        "ALTER TABLE service_at_locations ADD CONSTRAINT uq_service_at_locations_id_service_id UNIQUE (id, service_id)"
    )
    op.execute(
        "ALTER TABLE service_capacities ADD COLUMN service_at_location_id uuid,"
        " ADD CONSTRAINT fk_service_capacities_service_at_location_id_service_id"
        " FOREIGN KEY (service_at_location_id, service_id) REFERENCES service_at_locations (id, service_id)"
    )
    op.execute(
        "CREATE INDEX ix_service_capacities_service_at_location_id ON service_capacities (service_at_location_id)"
    )
    op.execute(FIGURES)
