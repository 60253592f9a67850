"""Row-level security: an organization sees its cases, the referrals that it is a party to, and what belongs to them."""

from alembic import op
from paivand_kit import kit_tables
from sqlalchemy import text

revision = "0610"
down_revision = "0602"

OWN = "organization_id = (SELECT caller_organization())"
PARTY = "(SELECT caller_organization()) IN (requester_organization_id, owner_organization_id)"
# What belongs to a referral or case is seen by who sees that: the policies of these tables hold in the subqueries.
OF_REFERRAL = "EXISTS (SELECT FROM referrals r WHERE r.id = {table}.referral_id)"
OF_CASE = "EXISTS (SELECT FROM cases c WHERE c.id = {table}.case_id)"
OF_OWN_CASE = f"EXISTS (SELECT FROM cases c WHERE c.id = {{table}}.case_id AND c.{OWN})"


def upgrade() -> None:
    """Restricts every table that holds an organization's data."""
    kit_tables.create_row_security()
    kit_tables.restrict("referrals", PARTY)
    kit_tables.restrict("cases", f"({OWN} OR EXISTS (SELECT FROM referrals r WHERE r.case_id = cases.id))", OWN)
    # Written by the statement that creates the referral, which its own subqueries cannot see yet.
    kit_tables.restrict("referral_history", OF_REFERRAL.format(table="referral_history"), OWN)
    kit_tables.restrict("case_keys", OF_CASE.format(table="case_keys"))
    kit_tables.restrict("consents", OWN)
    # Seeing a case as the party of a referral is not enough to see who the person is.
    for table in ("identities", "erasures", "legal_holds"):
        kit_tables.restrict(table, OF_OWN_CASE.format(table=table))
    kit_tables.restrict("identity_index", OWN)
    kit_tables.restrict("calendar_feeds", OWN)
    # The organization that was asked notes that it has read.
    kit_tables.restrict("disclosures", f"({OWN} OR recipient_organization_id = (SELECT caller_organization()))")
    op.execute(text("ALTER VIEW referral_details SET (security_invoker = true)"))
