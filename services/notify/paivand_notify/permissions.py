"""Who may do what in notify: one alias for each permission. An endpoint names exactly one."""

from enum import StrEnum
from typing import Annotated

from fastapi import Depends
from paivand_contracts.codes import Role
from paivand_kit.caller import Caller, Requires


class Permission(StrEnum):
    """area:resource:action."""

    READ_INBOX = "notify:inbox:read"
    SUBSCRIBE_EMAIL = "notify:email:subscribe"
    MANAGE_WEBHOOKS = "notify:webhook:manage"


PEOPLE = {Role.MEMBER, Role.MANAGER, Role.COORDINATOR}

# Coordinators may belong to no member organization; whose entries a caller sees is decided in `inbox.service`.
ReadInbox = Annotated[Caller, Depends(Requires(Permission.READ_INBOX, PEOPLE, member_only=False))]
SubscribeEmail = Annotated[Caller, Depends(Requires(Permission.SUBSCRIBE_EMAIL, PEOPLE, member_only=False))]
ManageWebhooks = Annotated[Caller, Depends(Requires(Permission.MANAGE_WEBHOOKS, {Role.MANAGER}))]
