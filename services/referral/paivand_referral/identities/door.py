"""Gives endpoints the application's blind index."""

from typing import Annotated

from fastapi import Depends, Request

from .index import BlindIndex


async def _index(request: Request) -> BlindIndex:
    return request.app.state.blind_index


Index = Annotated[BlindIndex, Depends(_index)]
