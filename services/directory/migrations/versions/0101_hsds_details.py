"""The rest of HSDS 3.1: what hangs on organizations and services, and foreign taxonomies."""

from alembic import op
from paivand_kit import kit_tables

revision = "0101"
down_revision = "0200"

STATEMENTS = """
CREATE TABLE attributes (
    link_id uuid,
    taxonomy_term_id uuid,
    link_type text,
    link_entity text,
    value text,
    label text,
    id uuid NOT NULL,
    CONSTRAINT pk_attributes PRIMARY KEY (id)
);
CREATE INDEX ix_attributes_link_id ON attributes (link_id);
CREATE INDEX ix_attributes_taxonomy_term_id ON attributes (taxonomy_term_id);
CREATE TABLE meta_table_descriptions (
    name text,
    language text,
    character_set text,
    id uuid NOT NULL,
    CONSTRAINT pk_meta_table_descriptions PRIMARY KEY (id)
);
CREATE TABLE metadata (
    resource_id uuid,
    resource_type text,
    last_action_date date NOT NULL,
    last_action_type text NOT NULL,
    field_name text NOT NULL,
    previous_value text NOT NULL,
    replacement_value text NOT NULL,
    updated_by text NOT NULL,
    id uuid NOT NULL,
    CONSTRAINT pk_metadata PRIMARY KEY (id)
);
CREATE INDEX ix_metadata_resource_id ON metadata (resource_id);
CREATE TABLE taxonomies (
    name text NOT NULL,
    description text NOT NULL,
    uri text,
    version text,
    id uuid NOT NULL,
    CONSTRAINT pk_taxonomies PRIMARY KEY (id)
);
CREATE TABLE organization_identifiers (
    organization_id uuid,
    identifier_scheme text,
    identifier_type text NOT NULL,
    identifier text NOT NULL,
    id uuid NOT NULL,
    CONSTRAINT pk_organization_identifiers PRIMARY KEY (id),
    CONSTRAINT fk_organization_identifiers_organization_id FOREIGN KEY (organization_id)
        REFERENCES organizations (id) ON DELETE CASCADE
);
CREATE INDEX ix_organization_identifiers_organization_id ON organization_identifiers (organization_id);
CREATE TABLE programs (
    organization_id uuid,
    name text NOT NULL,
    alternate_name text,
    description text NOT NULL,
    id uuid NOT NULL,
    CONSTRAINT pk_programs PRIMARY KEY (id),
    CONSTRAINT fk_programs_organization_id FOREIGN KEY (organization_id)
        REFERENCES organizations (id) ON DELETE CASCADE
);
CREATE INDEX ix_programs_organization_id ON programs (organization_id);
CREATE TABLE taxonomy_terms (
    code text,
    name text NOT NULL,
    description text NOT NULL,
    parent_id uuid,
    taxonomy text,
    language text,
    taxonomy_id uuid,
    term_uri text,
    id uuid NOT NULL,
    CONSTRAINT pk_taxonomy_terms PRIMARY KEY (id),
    CONSTRAINT fk_taxonomy_terms_taxonomy_id FOREIGN KEY (taxonomy_id) REFERENCES taxonomies (id)
);
CREATE INDEX ix_taxonomy_terms_taxonomy_id ON taxonomy_terms (taxonomy_id);
CREATE TABLE cost_options (
    service_id uuid,
    valid_from date,
    valid_to date,
    option text,
    currency text,
    amount numeric,
    amount_description text,
    id uuid NOT NULL,
    CONSTRAINT pk_cost_options PRIMARY KEY (id),
    CONSTRAINT ck_cost_options_valid CHECK (valid_from <= valid_to),
    CONSTRAINT fk_cost_options_service_id FOREIGN KEY (service_id) REFERENCES services (id) ON DELETE CASCADE
);
CREATE INDEX ix_cost_options_service_id ON cost_options (service_id);
CREATE TABLE funding (
    organization_id uuid,
    service_id uuid,
    source text,
    id uuid NOT NULL,
    CONSTRAINT pk_funding PRIMARY KEY (id),
    CONSTRAINT fk_funding_organization_id FOREIGN KEY (organization_id)
        REFERENCES organizations (id) ON DELETE CASCADE,
    CONSTRAINT fk_funding_service_id FOREIGN KEY (service_id) REFERENCES services (id) ON DELETE CASCADE
);
CREATE INDEX ix_funding_organization_id ON funding (organization_id);
CREATE INDEX ix_funding_service_id ON funding (service_id);
CREATE TABLE required_documents (
    service_id uuid,
    document text,
    uri text,
    id uuid NOT NULL,
    CONSTRAINT pk_required_documents PRIMARY KEY (id),
    CONSTRAINT fk_required_documents_service_id FOREIGN KEY (service_id) REFERENCES services (id) ON DELETE CASCADE
);
CREATE INDEX ix_required_documents_service_id ON required_documents (service_id);
CREATE TABLE urls (
    organization_id uuid,
    service_id uuid,
    label text,
    url text NOT NULL,
    id uuid NOT NULL,
    CONSTRAINT pk_urls PRIMARY KEY (id),
    CONSTRAINT fk_urls_organization_id FOREIGN KEY (organization_id) REFERENCES organizations (id) ON DELETE CASCADE,
    CONSTRAINT fk_urls_service_id FOREIGN KEY (service_id) REFERENCES services (id) ON DELETE CASCADE
);
CREATE INDEX ix_urls_organization_id ON urls (organization_id);
CREATE INDEX ix_urls_service_id ON urls (service_id);
CREATE TABLE service_areas (
    service_id uuid,
    service_at_location_id uuid,
    name text,
    description text,
    extent text,
    extent_type text,
    uri text,
    id uuid NOT NULL,
    CONSTRAINT pk_service_areas PRIMARY KEY (id),
    CONSTRAINT fk_service_areas_service_id FOREIGN KEY (service_id) REFERENCES services (id) ON DELETE CASCADE,
    CONSTRAINT fk_service_areas_service_at_location_id FOREIGN KEY (service_at_location_id)
        REFERENCES service_at_locations (id) ON DELETE CASCADE
);
CREATE INDEX ix_service_areas_service_at_location_id ON service_areas (service_at_location_id);
CREATE INDEX ix_service_areas_service_id ON service_areas (service_id);
ALTER TABLE organizations
    ADD tax_status text, ADD tax_id text, ADD year_incorporated integer, ADD legal_status text, ADD logo text,
    ADD uri text, ADD parent_organization_id uuid;
ALTER TABLE services
    ADD program_id uuid CONSTRAINT fk_services_program_id REFERENCES programs (id) ON DELETE SET NULL,
    ADD wait_time text, ADD fees text, ADD accreditations text, ADD licenses text, ADD assured_date date,
    ADD assurer_email text;
CREATE INDEX ix_services_program_id ON services (program_id)
"""

TABLES = (
    "urls",
    "funding",
    "organization_identifiers",
    "programs",
    "cost_options",
    "required_documents",
    "service_areas",
    "taxonomies",
    "taxonomy_terms",
    "attributes",
    "metadata",
    "meta_table_descriptions",
)


def upgrade() -> None:
    """Applies."""
    for statement in STATEMENTS.split(";"):
        op.execute(statement)
    for table in TABLES:
        kit_tables.grant("directory", "SELECT, INSERT, UPDATE, DELETE", table)
