"""Who may do what in the directory: one alias for each permission. An endpoint names exactly one."""

from enum import StrEnum
from typing import Annotated

from fastapi import Depends
from paivand_contracts.codes import Role
from paivand_kit.caller import Caller, Requires


class Permission(StrEnum):
    """area:resource:action."""

    READ = "directory:entry:read"
    ADMIT_ORGANIZATION = "directory:organization:admit"
    CHANGE_ORGANIZATION = "directory:organization:change"
    MANAGE_SERVICES = "directory:service:manage"
    COUNT_CAPACITY = "directory:capacity:count"
    MANAGE_HOLDS = "directory:hold:manage"
    MANAGE_LOCATIONS = "directory:location:manage"
    READ_MEMBERSHIPS = "directory:membership:read"
    VET_MEMBERS = "directory:membership:vet"
    MANAGE_PEOPLE = "directory:person:manage"
    ASK_FOR_PLACES = "directory:location:release"


# Coordinators run the network and may belong to no member organization.
ReadDirectory = Annotated[
    Caller, Depends(Requires(Permission.READ, {Role.MEMBER, Role.MANAGER, Role.COORDINATOR}, member_only=False))
]
AdmitOrganizations = Annotated[
    Caller, Depends(Requires(Permission.ADMIT_ORGANIZATION, {Role.COORDINATOR}, member_only=False))
]
ChangeOrganizations = Annotated[
    Caller, Depends(Requires(Permission.CHANGE_ORGANIZATION, {Role.MANAGER, Role.COORDINATOR}, member_only=False))
]
ManageServices = Annotated[Caller, Depends(Requires(Permission.MANAGE_SERVICES, {Role.MANAGER}))]
# At night somebody counts beds who manages nothing else.
CountCapacity = Annotated[Caller, Depends(Requires(Permission.COUNT_CAPACITY, {Role.MEMBER, Role.MANAGER}))]
ManageHolds = Annotated[Caller, Depends(Requires(Permission.MANAGE_HOLDS, {Role.MEMBER, Role.MANAGER}))]
ManageLocations = Annotated[Caller, Depends(Requires(Permission.MANAGE_LOCATIONS, {Role.MANAGER}))]
AskForPlaces = Annotated[
    Caller, Depends(Requires(Permission.ASK_FOR_PLACES, {Role.MEMBER, Role.MANAGER}, audited=True))
]
ReadMemberships = Annotated[
    Caller,
    Depends(Requires(Permission.READ_MEMBERSHIPS, {Role.MANAGER, Role.COORDINATOR}, member_only=False)),
]
VetMembers = Annotated[Caller, Depends(Requires(Permission.VET_MEMBERS, {Role.COORDINATOR}, member_only=False))]
ManagePeople = Annotated[Caller, Depends(Requires(Permission.MANAGE_PEOPLE, {Role.MANAGER}))]
