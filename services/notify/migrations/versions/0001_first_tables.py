"""First tables: inbox entries, e-mail subscriptions, webhooks, deliveries."""

from alembic import op
from paivand_kit import kit_tables
from sqlalchemy import text

revision = "0001"
down_revision = None

STATEMENTS = """
CREATE TABLE inbox_entries (
    position bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_inbox_entries PRIMARY KEY,
    id uuid NOT NULL CONSTRAINT uq_inbox_entries_id UNIQUE,
    event_id uuid NOT NULL,
    organization_id uuid,
    kind text NOT NULL,
    referral_id uuid NOT NULL,
    referral_number text NOT NULL,
    status text NOT NULL,
    priority text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    read_at timestamptz,
    read_by text
);
CREATE UNIQUE INDEX uq_inbox_entries_event_id_organization_id ON inbox_entries (event_id, organization_id)
    NULLS NOT DISTINCT;
CREATE INDEX ix_inbox_entries_organization_id_position ON inbox_entries (organization_id, position);
CREATE INDEX ix_inbox_entries_coordinators ON inbox_entries (position) WHERE organization_id IS NULL;
CREATE INDEX ix_inbox_entries_unread ON inbox_entries (organization_id, position) WHERE read_at IS NULL;
CREATE TABLE email_subscriptions (
    id uuid CONSTRAINT pk_email_subscriptions PRIMARY KEY,
    subject text NOT NULL CONSTRAINT uq_email_subscriptions_subject UNIQUE,
    organization_id uuid,
    is_coordinator boolean NOT NULL,
    address text NOT NULL,
    language text NOT NULL,
    is_only_urgent boolean NOT NULL,
    kinds text[],
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_email_subscriptions_organization_id ON email_subscriptions (organization_id);
CREATE INDEX ix_email_subscriptions_coordinators ON email_subscriptions (id) WHERE is_coordinator;
CREATE TABLE webhooks (
    id uuid CONSTRAINT pk_webhooks PRIMARY KEY,
    organization_id uuid NOT NULL,
    url text NOT NULL,
    description text,
    event_types text[],
    status text NOT NULL DEFAULT 'active',
    secret bytea NOT NULL,
    previous_secret bytea,
    previous_secret_until timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_webhooks_organization_id_id ON webhooks (organization_id, id);
CREATE TABLE deliveries (
    id uuid CONSTRAINT pk_deliveries PRIMARY KEY,
    channel text NOT NULL,
    target_id uuid NOT NULL,
    organization_id uuid,
    event_id uuid NOT NULL,
    event_type text NOT NULL,
    event jsonb NOT NULL,
    traceparent text,
    status text NOT NULL DEFAULT 'pending',
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    lease_id uuid,
    last_reason text,
    last_http_status integer,
    created_at timestamptz NOT NULL DEFAULT now(),
    settled_at timestamptz
);
CREATE UNIQUE INDEX uq_deliveries_event_id_target_id ON deliveries (event_id, target_id);
CREATE INDEX ix_deliveries_due ON deliveries (channel, next_attempt_at) WHERE status = 'pending';
CREATE INDEX ix_deliveries_target_id_id ON deliveries (target_id, id);
CREATE INDEX ix_deliveries_dead ON deliveries (organization_id, id) WHERE status = 'dead';
CREATE INDEX ix_deliveries_delivered ON deliveries (settled_at) WHERE status = 'delivered'
"""


def upgrade() -> None:
    """Creates the tables and lets the service's role use them, but own nothing."""
    kit_tables.create("notify")
    for statement in STATEMENTS.split(";"):
        op.execute(text(statement))
    kit_tables.grant("notify", "SELECT, INSERT, UPDATE", "inbox_entries")
    kit_tables.grant("notify", "SELECT, INSERT, UPDATE, DELETE", "email_subscriptions")
    kit_tables.grant("notify", "SELECT, INSERT, UPDATE, DELETE", "webhooks")
    kit_tables.grant("notify", "SELECT, INSERT, UPDATE, DELETE", "deliveries")
