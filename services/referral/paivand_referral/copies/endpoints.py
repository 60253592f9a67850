"""HTTP of the copies."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response
from paivand_kit.database import Session
from paivand_kit.idempotency import IdempotentRoute

from ..permissions import ReadCopy
from ..vault.door import OpenVault
from . import service
from .printing import html_of, pdf_of
from .texts import CopyLanguage

router = APIRouter(prefix="/referral/v1/cases", tags=["consents"], route_class=IdempotentRoute)
HTML, PDF = "text/html", "application/pdf"
PRIVATE = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
}


@router.get(
    "/{case_id}/copy",
    response_class=Response,
    responses={200: {"description": "The copy.", "content": {HTML: {}, PDF: {}}}},
)
async def read_copy(
    case_id: UUID,
    caller: ReadCopy,
    session: Session,
    vault: OpenVault,
    language: Annotated[CopyLanguage, Query(description="Language of the copy.")] = CopyLanguage.ENGLISH,
    accept: Annotated[str, Header(description="`text/html` (default) or `application/pdf`.")] = HTML,
) -> Response:
    """The person's own copy: what is held, what they agreed to, who saw it and when, in plain words.

    Needs a fresh sign-in with a second factor, since it says who the person is.
    """
    number, document = await service.make(session, vault, caller, case_id, language)
    if PDF in accept:
        named = {"Content-Disposition": f'inline; filename="{number}.pdf"'}
        return Response(await pdf_of(document), media_type=PDF, headers=PRIVATE | named)
    return Response(html_of(document), media_type=HTML, headers=PRIVATE)
