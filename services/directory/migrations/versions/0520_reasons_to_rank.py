"""What matching ranks by besides eligibility and room: who answers in time, and what is open at a moment."""

from alembic import op
from paivand_kit import kit_tables

revision = "0520"
down_revision = "0510"

TABLES = """
CREATE TABLE referral_answers (
    referral_id uuid CONSTRAINT pk_referral_answers PRIMARY KEY,
    organization_id uuid NOT NULL,
    asked_at timestamptz NOT NULL,
    respond_by timestamptz NOT NULL,
    answered_at timestamptz
);
CREATE INDEX ix_referral_answers_asked_at ON referral_answers (asked_at);
CREATE TABLE response_records (
    organization_id uuid CONSTRAINT pk_response_records PRIMARY KEY,
    asked integer NOT NULL,
    answered_in_time integer NOT NULL,
    median_minutes integer
)
"""

# Null where the schedule does not say it in the plain way: so many days of each week, from when to when, in a stated
# distance from UTC. A question is better than a wrong answer.
IS_OPEN = """
CREATE FUNCTION is_open(s schedules, moment timestamptz) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    clock CONSTANT text := '^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?(Z|[+-][0-9]{2}:[0-9]{2})?$';
    zone CONSTANT text := substring(s.opens_at FROM '(Z|[+-][0-9]{2}:[0-9]{2})$');
    days CONSTANT text[] := ARRAY['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
    given text[];
    here timestamp;
    opens time;
    closes time;
    is_on boolean;
    was_on boolean;
BEGIN
    IF s.freq IS DISTINCT FROM 'WEEKLY' OR coalesce(s."interval", 1) <> 1 OR s.byday IS NULL
        OR num_nonnulls(s.count, s.bymonthday, s.byweekno, s.byyearday) > 0
        OR coalesce(s.opens_at, '') !~ clock OR coalesce(s.closes_at, '') !~ clock
        OR zone IS DISTINCT FROM substring(s.closes_at FROM '(Z|[+-][0-9]{2}:[0-9]{2})$')
        OR zone IS NULL AND s.timezone IS NULL THEN
        RETURN NULL;
    END IF;
    given := string_to_array(replace(s.byday, ' ', ''), ',');
    IF NOT given <@ days THEN
        RETURN NULL;
    END IF;
    here := moment AT TIME ZONE 'UTC' + CASE
        WHEN zone = 'Z' THEN interval '0' WHEN zone IS NOT NULL THEN zone::interval
        ELSE s.timezone::double precision * interval '1 hour' END;
    opens := left(s.opens_at, 5)::time;
    closes := left(s.closes_at, 5)::time;
    is_on := days[extract(isodow FROM here)::integer] = ANY(given)
        AND here::date
        BETWEEN greatest(s.valid_from, s.dtstart, '-infinity') AND least(s.valid_to, s.until, 'infinity');
    IF closes > opens THEN
        RETURN is_on AND here::time >= opens AND here::time < closes;
    END IF;
    was_on := days[extract(isodow FROM here - interval '1 day')::integer] = ANY(given) AND here::date - 1
        BETWEEN greatest(s.valid_from, s.dtstart, '-infinity') AND least(s.valid_to, s.until, 'infinity');
    RETURN is_on AND here::time >= opens OR was_on AND here::time < closes;
END $$
"""


def upgrade() -> None:
    """Applies. Answers older than the record looks back are deleted."""
    for statement in (*TABLES.split(";"), IS_OPEN):
        op.execute(statement)
    for table in ("referral_answers", "response_records"):
        kit_tables.grant("directory", "SELECT, INSERT, UPDATE, DELETE", table)
