"""Gives endpoints the application's vault."""

from typing import Annotated

from fastapi import Depends, Request

from .service import Vault


async def _open_vault(request: Request) -> Vault:
    return request.app.state.vault


OpenVault = Annotated[Vault, Depends(_open_vault)]
