"""Who may do what in referral: one alias for each permission. An endpoint names exactly one.

The second gate is the row: repositories start from what the caller's organization is a party to.
"""

from enum import StrEnum
from typing import Annotated

from fastapi import Depends
from paivand_contracts.codes import Role
from paivand_kit.caller import Caller, Requires
from paivand_kit.secret_links import SecretLink
from paivand_kit.step_up import SECOND_FACTOR


class Permission(StrEnum):
    """area:resource:action."""

    READ_CASES = "referral:case:read"
    WRITE_CASES = "referral:case:write"
    RECORD_CONSENTS = "referral:consent:record"
    READ_CONSENTS = "referral:consent:read"
    WITHDRAW_CONSENTS = "referral:consent:withdraw"
    READ_DISCLOSURES = "referral:disclosure:read"
    ERASE_CASES = "referral:case:erase"
    HOLD_CASES = "referral:case:hold"
    READ_COPY = "referral:copy:read"
    READ_IDENTITY = "referral:identity:read"
    WRITE_IDENTITY = "referral:identity:write"
    FIND_PERSONS = "referral:identity:find"
    READ_REFERRALS = "referral:referral:read"
    SEND_REFERRALS = "referral:referral:send"
    ACT_ON_REFERRALS = "referral:referral:act"
    SEE_OVERDUE = "referral:overdue:read"
    READ_PROCEEDINGS = "referral:proceeding:read"
    WRITE_PROCEEDINGS = "referral:proceeding:write"
    SUPERVISE = "referral:proceeding:supervise"
    READ_HEARINGS = "referral:hearing:read"
    WRITE_HEARINGS = "referral:hearing:write"
    READ_DEADLINES = "referral:deadline:read"
    WRITE_DEADLINES = "referral:deadline:write"
    ACKNOWLEDGE_HEARINGS = "referral:hearing:acknowledge"
    MANAGE_CALENDAR_FEEDS = "referral:calendar-feed:manage"
    FOLLOW_CALENDAR = "referral:calendar:follow"
    STATE_CAUSE_LISTS = "referral:cause-list:state"
    SEE_CAUSE_LISTS = "referral:cause-list:read"
    ACCOMPANY = "referral:hearing:accompany"


STAFF = {Role.MEMBER, Role.MANAGER}

ReadCases = Annotated[Caller, Depends(Requires(Permission.READ_CASES, STAFF))]
WriteCases = Annotated[Caller, Depends(Requires(Permission.WRITE_CASES, STAFF))]
RecordConsents = Annotated[Caller, Depends(Requires(Permission.RECORD_CONSENTS, STAFF))]
ReadConsents = Annotated[Caller, Depends(Requires(Permission.READ_CONSENTS, STAFF))]
WithdrawConsents = Annotated[Caller, Depends(Requires(Permission.WITHDRAW_CONSENTS, STAFF))]
ReadDisclosures = Annotated[Caller, Depends(Requires(Permission.READ_DISCLOSURES, STAFF))]
EraseCases = Annotated[Caller, Depends(Requires(Permission.ERASE_CASES, {Role.MANAGER}))]
HoldCases = Annotated[Caller, Depends(Requires(Permission.HOLD_CASES, {Role.MANAGER}))]
# Who the person is, and whether somebody is known here at all, is told to a fresh and strong sign-in only.
ReadIdentity = Annotated[
    Caller, Depends(Requires(Permission.READ_IDENTITY, STAFF, step_up=SECOND_FACTOR, audited=True))
]
ReadCopy = Annotated[Caller, Depends(Requires(Permission.READ_COPY, STAFF, step_up=SECOND_FACTOR, audited=True))]
FindPersons = Annotated[Caller, Depends(Requires(Permission.FIND_PERSONS, STAFF, step_up=SECOND_FACTOR, audited=True))]
# Writing tells nothing: its answer does not repeat what was written.
WriteIdentity = Annotated[Caller, Depends(Requires(Permission.WRITE_IDENTITY, STAFF))]
ReadReferrals = Annotated[Caller, Depends(Requires(Permission.READ_REFERRALS, STAFF))]
SendReferrals = Annotated[Caller, Depends(Requires(Permission.SEND_REFERRALS, STAFF))]
# Which party may take which action is a rule of the referral (`referrals/rules.py`), not of the role.
ActOnReferrals = Annotated[Caller, Depends(Requires(Permission.ACT_ON_REFERRALS, STAFF))]
SeeOverdue = Annotated[Caller, Depends(Requires(Permission.SEE_OVERDUE, {Role.COORDINATOR}, member_only=False))]
# The case's organization and the lawyers of record, by their repositories.
ReadProceedings = Annotated[Caller, Depends(Requires(Permission.READ_PROCEEDINGS, STAFF))]
WriteProceedings = Annotated[Caller, Depends(Requires(Permission.WRITE_PROCEEDINGS, STAFF))]
Supervise = Annotated[Caller, Depends(Requires(Permission.SUPERVISE, {Role.MANAGER}))]
ReadHearings = Annotated[Caller, Depends(Requires(Permission.READ_HEARINGS, STAFF))]
WriteHearings = Annotated[Caller, Depends(Requires(Permission.WRITE_HEARINGS, STAFF))]
ReadDeadlines = Annotated[Caller, Depends(Requires(Permission.READ_DEADLINES, STAFF))]
WriteDeadlines = Annotated[Caller, Depends(Requires(Permission.WRITE_DEADLINES, STAFF))]
AcknowledgeHearings = Annotated[Caller, Depends(Requires(Permission.ACKNOWLEDGE_HEARINGS, STAFF))]
# Whose calendar it is and what it shows is a rule of the feed.
ManageCalendarFeeds = Annotated[Caller, Depends(Requires(Permission.MANAGE_CALENDAR_FEEDS, STAFF))]
# No Bearer token: calendar programs cannot sign in. The address is the credential.
FollowCalendar = Annotated[bytes, Depends(SecretLink(Permission.FOLLOW_CALENDAR, "calendar"))]
# Shelters that have taken the person in: when, and what must be arranged.
Accompany = Annotated[Caller, Depends(Requires(Permission.ACCOMPANY, STAFF))]
# Systems of courts: they state, and see nothing back.
StateCauseLists = Annotated[Caller, Depends(Requires(Permission.STATE_CAUSE_LISTS, {Role.COURT}))]
SeeCauseLists = Annotated[Caller, Depends(Requires(Permission.SEE_CAUSE_LISTS, {Role.COORDINATOR}, member_only=False))]
