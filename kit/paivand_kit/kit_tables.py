"""Creates the kit's own tables; called by the first migration of each service."""

from alembic import op
from sqlalchemy import text

STATEMENTS = """
CREATE TABLE outbox (
    position bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_outbox PRIMARY KEY,
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    sequence bigint,
    event_type text NOT NULL,
    event jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_outbox_unsequenced ON outbox (transaction_id, position) WHERE sequence IS NULL;
CREATE UNIQUE INDEX uq_outbox_sequence ON outbox (sequence);
CREATE TABLE outbox_relay (
    singleton boolean DEFAULT true CONSTRAINT pk_outbox_relay PRIMARY KEY
        CONSTRAINT ck_outbox_relay_singleton CHECK (singleton),
    last_sequence bigint NOT NULL DEFAULT 0,
    published_sequence bigint NOT NULL DEFAULT 0
);
INSERT INTO outbox_relay DEFAULT VALUES;
CREATE TABLE idempotency_keys (
    subject text NOT NULL,
    key text NOT NULL,
    fingerprint text NOT NULL,
    status integer NOT NULL,
    headers jsonb NOT NULL,
    body jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_idempotency_keys PRIMARY KEY (subject, key)
);
CREATE INDEX ix_idempotency_keys_created_at ON idempotency_keys (created_at);
CREATE TABLE consumer_cursors (
    producer text CONSTRAINT pk_consumer_cursors PRIMARY KEY,
    sequence bigint NOT NULL DEFAULT 0
);
CREATE TABLE inbox_events (
    event_id uuid CONSTRAINT pk_inbox_events PRIMARY KEY,
    producer text NOT NULL,
    handled_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_inbox_events_handled_at ON inbox_events (handled_at);
CREATE TABLE consumer_dead_letters (
    event_id uuid CONSTRAINT pk_consumer_dead_letters PRIMARY KEY,
    producer text NOT NULL,
    event jsonb NOT NULL,
    error text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
)
"""

DPOP_PROOFS = """
CREATE UNLOGGED TABLE dpop_proofs (
    digest bytea CONSTRAINT pk_dpop_proofs PRIMARY KEY,
    used_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_dpop_proofs_used_at ON dpop_proofs (used_at)
"""

AUDIT_STATEMENTS = """
CREATE TABLE audit_log (
    position bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_audit_log PRIMARY KEY,
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at timestamptz NOT NULL DEFAULT now(),
    subject text NOT NULL,
    organization_id uuid,
    client_id text NOT NULL,
    access text NOT NULL CONSTRAINT ck_audit_log_access CHECK (access IN ('C', 'R', 'U', 'D', 'E')),
    action text NOT NULL,
    object_type text NOT NULL,
    object_id uuid,
    case_id uuid,
    consent_id uuid,
    trace_id text
);
CREATE INDEX ix_audit_log_transaction_id_position ON audit_log (transaction_id, position);
CREATE INDEX ix_audit_log_subject_position ON audit_log (subject, position);
CREATE INDEX ix_audit_log_organization_id_position ON audit_log (organization_id, position);
CREATE INDEX ix_audit_log_object_id_position ON audit_log (object_id, position);
CREATE INDEX ix_audit_log_case_id_position ON audit_log (case_id, position) WHERE case_id IS NOT NULL;
CREATE INDEX ix_audit_log_reads ON audit_log (at) WHERE access = 'R';
CREATE TABLE audit_chain (
    sequence bigint CONSTRAINT pk_audit_chain PRIMARY KEY,
    position bigint NOT NULL CONSTRAINT uq_audit_chain_position UNIQUE,
    hash bytea NOT NULL
);
CREATE TABLE audit_heads (
    size bigint CONSTRAINT pk_audit_heads PRIMARY KEY,
    note text NOT NULL,
    signed_at timestamptz NOT NULL
)
"""

RIGHTS = {
    # What an event says never changes; the relay gives it its place.
    "outbox": "SELECT, INSERT, UPDATE (sequence, transaction_id)",
    "outbox_relay": "SELECT, UPDATE",
    "idempotency_keys": "SELECT, INSERT, DELETE",
    "consumer_cursors": "SELECT, INSERT, UPDATE",
    "inbox_events": "SELECT, INSERT, DELETE",
    "consumer_dead_letters": "SELECT, INSERT",
}


def create(role: str) -> None:
    """Creates outbox, inbox and idempotency tables and lets the service's role use them, but own nothing."""
    for statement in STATEMENTS.split(";"):
        op.execute(text(statement))
    for table, rights in RIGHTS.items():
        grant(role, rights, table)


def seal_answers() -> None:
    """Prepares the idempotency table for sealed answers.

    What it holds was written in clear and can be sealed by nobody (the keys were not ours to keep), so it goes:
    a request that was answered before the upgrade and is repeated after it is done again.
    """
    op.execute(text("TRUNCATE idempotency_keys"))
    op.execute(text("ALTER TABLE idempotency_keys ADD COLUMN sealed bytea, ALTER COLUMN body DROP NOT NULL"))


def create_dpop_proofs(role: str) -> None:
    """Creates the table of used DPoP proofs."""
    for statement in DPOP_PROOFS.split(";"):
        op.execute(text(statement))
    grant(role, "SELECT, INSERT, DELETE", "dpop_proofs")


def create_audit(role: str) -> None:
    """Creates the audit trail. The service's role may add to it and read it, and can change or remove nothing."""
    for statement in AUDIT_STATEMENTS.split(";"):
        op.execute(text(statement))
    for table in ("audit_log", "audit_chain", "audit_heads"):
        grant(role, "SELECT, INSERT", table)


ROW_SECURITY = """
CREATE FUNCTION caller_organization() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('paivand.organization', true), '')::uuid;
CREATE FUNCTION caller_is(scope text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    RETURN current_setting('paivand.scope', true) = scope
"""


def create_row_security() -> None:
    """Creates what policies ask: for whom the transaction works (`row_scope`)."""
    for statement in ROW_SECURITY.split(";"):
        op.execute(text(statement))


def restrict(table: str, seen: str, written: str | None = None) -> None:
    """Shows only rows for which `seen` holds, and lets only those be written for which `written` does (else `seen`).

    The service itself sees all; a table's owner, who migrates, is not bound. Subqueries in the conditions see only what
    the policies of their tables show.
    """
    op.execute(text(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"))
    as_service = "(SELECT caller_is('service'))"
    using = f"({as_service} OR {seen})"
    check = f"({as_service} OR {written or seen})"
    op.execute(text(f"CREATE POLICY {table}_seen ON {table} USING {using} WITH CHECK {check}"))


def grant(role: str, rights: str, table: str) -> None:
    """Gives the service's role exactly these rights on one table."""
    op.execute(text(f"GRANT {rights} ON {table} TO {role}"))
