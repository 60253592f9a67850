"""Locations, services at locations, and the details that hang on them (HSDS 3.1)."""

from alembic import op
from paivand_kit import kit_tables

revision = "0100"
down_revision = "0001"

STATEMENTS = """
CREATE TABLE locations (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    location_type text NOT NULL,
    is_redacted boolean NOT NULL DEFAULT true,
    country text,
    region text,
    district text,
    name text,
    alternate_name text,
    description text,
    transportation text,
    url text,
    latitude double precision,
    longitude double precision,
    external_identifier text,
    external_identifier_type text,
    version integer NOT NULL DEFAULT 1,
    last_modified timestamptz NOT NULL DEFAULT now(),
    approximate_latitude double precision
        GENERATED ALWAYS AS
        (CASE WHEN is_redacted THEN floor(latitude / 0.25) * 0.25 + 0.125 ELSE latitude END) STORED,
    approximate_longitude double precision
        GENERATED ALWAYS AS
        (CASE WHEN is_redacted THEN floor(longitude / 0.25) * 0.25 + 0.125 ELSE longitude END) STORED,
    CONSTRAINT pk_locations PRIMARY KEY (id),
    CONSTRAINT ck_locations_location_type CHECK (location_type IN ('physical', 'postal', 'virtual')),
    CONSTRAINT ck_locations_coordinates CHECK (latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180),
    CONSTRAINT ck_locations_both_coordinates CHECK ((latitude IS NULL) = (longitude IS NULL)),
    CONSTRAINT fk_locations_organization_id FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE INDEX ix_locations_approximate_latitude ON locations (approximate_latitude, approximate_longitude);
CREATE INDEX ix_locations_organization_id_id ON locations (organization_id, id);
CREATE TABLE accessibility (
    location_id uuid,
    description text,
    details text,
    url text,
    id uuid NOT NULL,
    CONSTRAINT pk_accessibility PRIMARY KEY (id),
    CONSTRAINT fk_accessibility_location_id FOREIGN KEY (location_id) REFERENCES locations (id) ON DELETE CASCADE
);
CREATE INDEX ix_accessibility_location_id ON accessibility (location_id);
CREATE TABLE addresses (
    location_id uuid,
    attention text,
    address_1 text NOT NULL,
    address_2 text,
    city text NOT NULL,
    region text,
    state_province text NOT NULL,
    postal_code text NOT NULL,
    country text NOT NULL,
    address_type text NOT NULL,
    id uuid NOT NULL,
    CONSTRAINT pk_addresses PRIMARY KEY (id),
    CONSTRAINT ck_addresses_address_type CHECK (address_type IN ('physical', 'postal', 'virtual')),
    CONSTRAINT fk_addresses_location_id FOREIGN KEY (location_id) REFERENCES locations (id) ON DELETE CASCADE
);
CREATE INDEX ix_addresses_location_id ON addresses (location_id);
CREATE TABLE service_at_locations (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    service_id uuid NOT NULL,
    location_id uuid NOT NULL,
    description text,
    version integer NOT NULL DEFAULT 1,
    last_modified timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_service_at_locations PRIMARY KEY (id),
    CONSTRAINT uq_service_at_locations_service_id_location_id UNIQUE (service_id, location_id),
    CONSTRAINT fk_service_at_locations_organization_id FOREIGN KEY (organization_id) REFERENCES organizations (id),
    CONSTRAINT fk_service_at_locations_service_id FOREIGN KEY (service_id) REFERENCES services (id),
    CONSTRAINT fk_service_at_locations_location_id FOREIGN KEY (location_id) REFERENCES locations (id)
);
CREATE INDEX ix_service_at_locations_location_id ON service_at_locations (location_id);
CREATE INDEX ix_service_at_locations_organization_id_id ON service_at_locations (organization_id, id);
CREATE TABLE contacts (
    organization_id uuid,
    service_id uuid,
    service_at_location_id uuid,
    location_id uuid,
    name text,
    title text,
    department text,
    email text,
    id uuid NOT NULL,
    CONSTRAINT pk_contacts PRIMARY KEY (id),
    CONSTRAINT fk_contacts_organization_id FOREIGN KEY (organization_id)
        REFERENCES organizations (id) ON DELETE CASCADE,
    CONSTRAINT fk_contacts_service_id FOREIGN KEY (service_id) REFERENCES services (id) ON DELETE CASCADE,
    CONSTRAINT fk_contacts_service_at_location_id FOREIGN KEY (service_at_location_id)
        REFERENCES service_at_locations (id) ON DELETE CASCADE,
    CONSTRAINT fk_contacts_location_id FOREIGN KEY (location_id) REFERENCES locations (id) ON DELETE CASCADE
);
CREATE INDEX ix_contacts_location_id ON contacts (location_id);
CREATE INDEX ix_contacts_organization_id ON contacts (organization_id);
CREATE INDEX ix_contacts_service_at_location_id ON contacts (service_at_location_id);
CREATE INDEX ix_contacts_service_id ON contacts (service_id);
CREATE TABLE schedules (
    service_id uuid,
    location_id uuid,
    service_at_location_id uuid,
    valid_from date,
    valid_to date,
    dtstart date,
    timezone numeric,
    until date,
    count numeric,
    wkst text,
    freq text,
    interval numeric,
    byday text,
    byweekno text,
    bymonthday text,
    byyearday text,
    description text,
    opens_at text,
    closes_at text,
    schedule_link text,
    attending_type text,
    notes text,
    id uuid NOT NULL,
    CONSTRAINT pk_schedules PRIMARY KEY (id),
    CONSTRAINT ck_schedules_valid CHECK (valid_from <= valid_to),
    CONSTRAINT ck_schedules_until CHECK (dtstart <= until),
    CONSTRAINT ck_schedules_wkst CHECK (wkst IN ('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU')),
    CONSTRAINT ck_schedules_freq CHECK (freq IN ('WEEKLY', 'MONTHLY')),
    CONSTRAINT fk_schedules_service_id FOREIGN KEY (service_id) REFERENCES services (id) ON DELETE CASCADE,
    CONSTRAINT fk_schedules_location_id FOREIGN KEY (location_id) REFERENCES locations (id) ON DELETE CASCADE,
    CONSTRAINT fk_schedules_service_at_location_id FOREIGN KEY (service_at_location_id)
        REFERENCES service_at_locations (id) ON DELETE CASCADE
);
CREATE INDEX ix_schedules_location_id ON schedules (location_id);
CREATE INDEX ix_schedules_service_at_location_id ON schedules (service_at_location_id);
CREATE INDEX ix_schedules_service_id ON schedules (service_id);
CREATE TABLE phones (
    location_id uuid,
    service_id uuid,
    organization_id uuid,
    contact_id uuid,
    service_at_location_id uuid,
    number text NOT NULL,
    extension numeric,
    type text,
    description text,
    id uuid NOT NULL,
    CONSTRAINT pk_phones PRIMARY KEY (id),
    CONSTRAINT fk_phones_location_id FOREIGN KEY (location_id) REFERENCES locations (id) ON DELETE CASCADE,
    CONSTRAINT fk_phones_service_id FOREIGN KEY (service_id) REFERENCES services (id) ON DELETE CASCADE,
    CONSTRAINT fk_phones_organization_id FOREIGN KEY (organization_id)
        REFERENCES organizations (id) ON DELETE CASCADE,
    CONSTRAINT fk_phones_contact_id FOREIGN KEY (contact_id) REFERENCES contacts (id) ON DELETE CASCADE,
    CONSTRAINT fk_phones_service_at_location_id FOREIGN KEY (service_at_location_id)
        REFERENCES service_at_locations (id) ON DELETE CASCADE
);
CREATE INDEX ix_phones_contact_id ON phones (contact_id);
CREATE INDEX ix_phones_location_id ON phones (location_id);
CREATE INDEX ix_phones_organization_id ON phones (organization_id);
CREATE INDEX ix_phones_service_at_location_id ON phones (service_at_location_id);
CREATE INDEX ix_phones_service_id ON phones (service_id);
CREATE TABLE languages (
    service_id uuid,
    location_id uuid,
    phone_id uuid,
    name text,
    code text,
    note text,
    id uuid NOT NULL,
    CONSTRAINT pk_languages PRIMARY KEY (id),
    CONSTRAINT fk_languages_service_id FOREIGN KEY (service_id) REFERENCES services (id) ON DELETE CASCADE,
    CONSTRAINT fk_languages_location_id FOREIGN KEY (location_id) REFERENCES locations (id) ON DELETE CASCADE,
    CONSTRAINT fk_languages_phone_id FOREIGN KEY (phone_id) REFERENCES phones (id) ON DELETE CASCADE
);
CREATE INDEX ix_languages_location_id ON languages (location_id);
CREATE INDEX ix_languages_phone_id ON languages (phone_id);
CREATE INDEX ix_languages_service_id ON languages (service_id)
"""

TABLES = (
    "locations",
    "service_at_locations",
    "addresses",
    "accessibility",
    "contacts",
    "phones",
    "languages",
    "schedules",
)


def upgrade() -> None:
    """Applies. Unlike organizations and services, places can be deleted: an address must not outlive its use."""
    for statement in STATEMENTS.split(";"):
        op.execute(statement)
    for table in TABLES:
        kit_tables.grant("directory", "SELECT, INSERT, UPDATE, DELETE", table)
