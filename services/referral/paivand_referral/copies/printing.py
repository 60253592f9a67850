"""Makes HTML and PDF of a copy. Both are tagged for screen readers; neither loads anything."""

import asyncio
import json
from dataclasses import asdict
from html import escape
from importlib.resources import files
from typing import Literal

from .document import Document, Section

STYLE = (
    "body{font:1.125rem/1.6 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;color:#111;"
    "background:#fff}h1{line-height:1.2}table{border-collapse:collapse;width:100%}th,td{border:1px solid #767676;"
    "padding:.4rem .6rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}tr{break-inside:avoid}"
    "@media print{body{font-size:11pt;margin:0;max-width:none}}"
)
TEMPLATE = files("paivand_referral.copies").joinpath("copy.typ").read_bytes()


def html_of(document: Document) -> str:
    """The page."""
    paragraphs = "".join(f"<p>{escape(each)}</p>" for each in document.paragraphs)
    return (
        f'<!doctype html><html lang="{document.language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{escape(document.title)}</title>'
        f"<style>{STYLE}</style></head><body><main><h1>{escape(document.title)}</h1>{paragraphs}"
        f"{''.join(_section(each) for each in document.sections)}</main></body></html>"
    )


def _section(section: Section) -> str:
    head = f"<section><h2>{escape(section.heading)}</h2>"
    rows = section.rows
    if section.is_pairs:
        body = "".join(f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>' for name, value in rows)
        head += f"<table><tbody>{body}</tbody></table>"
    elif rows:
        columns = "".join(f'<th scope="col">{escape(each)}</th>' for each in rows[0])
        body = "".join(f"<tr>{''.join(f'<td>{escape(each)}</td>' for each in row)}</tr>" for row in rows[1:])
        head += f"<table><thead><tr>{columns}</tr></thead><tbody>{body}</tbody></table>"
    return head + (f"<p>{escape(section.remark)}</p>" if section.remark else "") + "</section>"


async def pdf_of(document: Document) -> bytes:
    """The document as PDF/UA-1. It is set in a thread, since that takes some hundredths of a second."""
    return await asyncio.to_thread(_set, json.dumps(asdict(document)))


def _set(data: str) -> bytes:
    # Loaded at the first copy: 20 MB that most replicas never need.
    import typst

    def compile_to(standard: Literal["1.7", "ua-1"]) -> bytes:
        pdf = typst.compile(
            TEMPLATE,
            format="pdf",
            sys_inputs={"data": data},
            pdf_standards=standard,
            ignore_system_fonts=True,
        )
        assert isinstance(pdf, bytes)  # noqa: S101 - one document
        return pdf

    try:
        return compile_to("ua-1")
    except typst.TypstError:
        # A letter that the font does not have: the standard forbids a box in its place, the person still gets a copy.
        return compile_to("1.7")
