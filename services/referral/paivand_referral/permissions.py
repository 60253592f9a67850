"""Who may do what, as types that stand in the signatures of the endpoints.

The second gate is the row: repositories start from what the caller's organization is a party to.
"""

from typing import Annotated

from fastapi import Depends
from paivand_contracts.codes import Role
from paivand_kit.caller import Caller, Requires

STAFF = {Role.MEMBER, Role.MANAGER}

ReadCases = Annotated[Caller, Depends(Requires("case:record:read", STAFF))]
WriteCases = Annotated[Caller, Depends(Requires("case:record:write", STAFF))]
ReadReferrals = Annotated[Caller, Depends(Requires("referral:record:read", STAFF))]
SendReferrals = Annotated[Caller, Depends(Requires("referral:record:send", STAFF))]
AnswerReferrals = Annotated[Caller, Depends(Requires("referral:state:change", STAFF))]
SeeOverdue = Annotated[Caller, Depends(Requires("referral:overdue:read", {Role.COORDINATOR}, member_only=False))]
