"""Organizations and services, and the kit's tables."""

from alembic import op
from paivand_kit import kit_tables

revision = "0001"
down_revision = None

ORGANIZATIONS = """
CREATE TABLE organizations (
    id uuid CONSTRAINT pk_organizations PRIMARY KEY,
    name text NOT NULL,
    alternate_name text,
    description text NOT NULL,
    email text,
    website text,
    status text NOT NULL CONSTRAINT ck_organizations_status CHECK (status IN ('active', 'suspended')),
    version integer NOT NULL DEFAULT 1,
    last_modified timestamptz NOT NULL DEFAULT now(),
    search tsvector GENERATED ALWAYS AS
        (to_tsvector('simple', name || ' ' || coalesce(alternate_name, '') || ' ' || description)) STORED
);
CREATE INDEX ix_organizations_name_id ON organizations (name, id);
CREATE INDEX ix_organizations_search ON organizations USING gin (search)
"""

SERVICES = """
CREATE TABLE services (
    id uuid CONSTRAINT pk_services PRIMARY KEY,
    organization_id uuid NOT NULL CONSTRAINT fk_services_organization_id REFERENCES organizations (id),
    name text NOT NULL,
    alternate_name text,
    description text,
    url text,
    email text,
    status text NOT NULL CONSTRAINT ck_services_status
        CHECK (status IN ('active', 'inactive', 'defunct', 'temporarily closed')),
    interpretation_services text,
    application_process text,
    fees_description text,
    eligibility_description text,
    minimum_age integer,
    maximum_age integer,
    alert text,
    taxonomy_terms text[] NOT NULL,
    version integer NOT NULL DEFAULT 1,
    last_modified timestamptz NOT NULL DEFAULT now(),
    search tsvector GENERATED ALWAYS AS
        (to_tsvector('simple', name || ' ' || coalesce(alternate_name, '') || ' ' || coalesce(description, '')
            || ' ' || coalesce(eligibility_description, ''))) STORED,
    CONSTRAINT ck_services_ages CHECK (minimum_age <= maximum_age)
);
CREATE INDEX ix_services_name_id ON services (name, id);
CREATE INDEX ix_services_organization_id_name_id ON services (organization_id, name, id);
CREATE INDEX ix_services_search ON services USING gin (search);
CREATE INDEX ix_services_taxonomy_terms ON services USING gin (taxonomy_terms)
"""


def upgrade() -> None:
    """Applies. Nothing is ever deleted from the directory, so the service's role may not."""
    kit_tables.create("directory")
    for statement in (ORGANIZATIONS + ";" + SERVICES).split(";"):
        op.execute(statement)
    for table in ("organizations", "services"):
        kit_tables.grant("directory", "SELECT, INSERT, UPDATE", table)
