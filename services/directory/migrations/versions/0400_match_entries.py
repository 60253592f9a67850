"""One row for each service that says all that matching asks of it."""

from alembic import op
from paivand_kit import kit_tables

revision = "0400"
down_revision = "0310"

CODED = (
    "gender",
    "languages",
    "accessibility",
    "citizenship",
    "residence_status",
    "disability",
    "pregnant",
    "exploitation",
    "risks",
    "identified",
)
AREAS = ("area", "origin_area")
RANGES = ("age", "children", "children_ages")
OPERATORS = ("any_of", "none_of", "covers")
COLUMNS = {
    **{f"{attribute}_{operator}": "text[]" for attribute in CODED for operator in OPERATORS},
    **{f"{attribute}_{operator}": "text[]" for attribute in AREAS for operator in OPERATORS[:2]},
    **{f"{attribute}_{end}": "integer" for attribute in RANGES for end in ("minimum", "maximum")},
}

TABLE = f"""
CREATE TABLE match_entries (
    service_id uuid CONSTRAINT pk_match_entries PRIMARY KEY
        CONSTRAINT fk_match_entries_service_id REFERENCES services (id),
    organization_id uuid NOT NULL,
    is_active boolean NOT NULL,
    taxonomy_terms text[] NOT NULL,
    areas text[] NOT NULL,
    conditions integer NOT NULL,
    {", ".join(f"{name} {type_}" for name, type_ in COLUMNS.items())}
);
CREATE INDEX ix_match_entries_taxonomy_terms_areas ON match_entries USING gin (taxonomy_terms, areas) WHERE is_active
"""


def _value(column: str) -> str:
    attribute, _, last = column.rpartition("_")
    if last in ("minimum", "maximum"):
        return f"max(c.{last}) FILTER (WHERE c.attribute = '{attribute.replace('_', '-')}')"
    attribute, operator = next((column[: -len(each) - 1], each) for each in OPERATORS if column.endswith(each))
    where = f"c.attribute = '{attribute.replace('_', '-')}' AND c.operator = '{operator.replace('_', '-')}'"
    return f"max(c.codes) FILTER (WHERE {where})"


# Locked first, in a statement of its own: the next one sees what the last holder of the lock has left, so that of two
# changes of one service at the same time none is lost here.
REFRESH = f"""
CREATE FUNCTION refresh_match_entries(ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM services WHERE id = ANY(ids) ORDER BY id FOR NO KEY UPDATE;
    INSERT INTO match_entries AS entry
        (service_id, organization_id, is_active, taxonomy_terms, areas, conditions, {", ".join(COLUMNS)})
    SELECT s.id, s.organization_id, s.status = 'active', s.taxonomy_terms,
        coalesce(max(c.codes) FILTER (WHERE c.attribute = 'area' AND c.operator = 'any-of'), '{{*}}'),
        count(c.attribute), {", ".join(map(_value, COLUMNS))}
    FROM services s LEFT JOIN eligibility_conditions c ON c.service_id = s.id
    WHERE s.id = ANY(ids) GROUP BY s.id
    ON CONFLICT (service_id) DO UPDATE SET is_active = excluded.is_active, taxonomy_terms = excluded.taxonomy_terms,
        areas = excluded.areas, conditions = excluded.conditions,
        {", ".join(f"{name} = excluded.{name}" for name in COLUMNS)};
END $$
"""  # noqa: S608 - constant text

# Transition tables: one refresh for a statement, however many rows it wrote. They allow no list of columns.
TRIGGERS = """
CREATE FUNCTION match_services_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refresh_match_entries(array_agg(id)) FROM changed HAVING count(*) > 0;
    RETURN NULL;
END $$;
--
CREATE FUNCTION match_criteria_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refresh_match_entries(array_agg(DISTINCT service_id)) FROM changed HAVING count(*) > 0;
    RETURN NULL;
END $$;
--
CREATE TRIGGER match_inserted AFTER INSERT ON services REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION match_services_changed();
--
CREATE TRIGGER match_updated AFTER UPDATE ON services REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION match_services_changed();
--
CREATE TRIGGER match_inserted AFTER INSERT ON eligibility_criteria REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION match_criteria_changed();
--
CREATE TRIGGER match_deleted AFTER DELETE ON eligibility_criteria REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION match_criteria_changed()
"""


def upgrade() -> None:
    """Applies, and fills the table with what is there."""
    for statement in (*TABLE.split(";"), REFRESH, *TRIGGERS.split("--")):
        op.execute(statement.rstrip().removesuffix(";") if "END $$" not in statement else statement)
    kit_tables.grant("directory", "SELECT, INSERT, UPDATE", "match_entries")
    op.execute("SELECT refresh_match_entries(array_agg(id)) FROM services HAVING count(*) > 0")
