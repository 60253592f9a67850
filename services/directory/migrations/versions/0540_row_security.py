"""Row-level security of what the directory does not show to every member: memberships, people, releases."""

from paivand_kit import kit_tables

revision = "0540"
down_revision = "0530"

COORDINATOR = "(SELECT caller_is('coordinator'))"
MEMBERSHIP = f"({{column}} = (SELECT caller_organization()) OR {COORDINATOR})"


def upgrade() -> None:
    """Restricts what belongs to one organization; coordinators see who is let in and who works there."""
    kit_tables.create_row_security()
    kit_tables.restrict("memberships", MEMBERSHIP.format(column="id"))
    kit_tables.restrict("membership_agreements", MEMBERSHIP.format(column="membership_id"))
    kit_tables.restrict("membership_history", MEMBERSHIP.format(column="membership_id"))
    kit_tables.restrict("people", MEMBERSHIP.format(column="organization_id"))
    kit_tables.restrict("keycloak_jobs", MEMBERSHIP.format(column="organization_id"))
    kit_tables.restrict(
        "location_releases", "(SELECT caller_organization()) IN (owner_organization_id, organization_id)"
    )
    kit_tables.restrict("referral_parties", "requester_organization_id = (SELECT caller_organization())")
