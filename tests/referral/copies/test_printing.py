"""HTML and PDF of a copy: right for any text, and for those who have it read to them."""

from html.parser import HTMLParser

import pytest
from paivand_referral.copies.document import Document, Section
from paivand_referral.copies.printing import html_of, pdf_of

TAJIK = "Ҳуҷҷат, ғам, қалам, модари ӯ, розигӣ"


def document(*cells: str) -> Document:
    sections = [
        Section("Кӣ", [["Ном", cells[0]]], is_pairs=True),
        Section("Чӣ", [["Кай", "Чӣ"], [cells[0], cells[-1]]]),
        Section("Ҳеҷ", [], remark="Ҳеҷ чиз."),
    ]
    return Document(language="tg", title="Нусха", paragraphs=[TAJIK], sections=sections)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)


def test_text_is_never_markup() -> None:
    page = html_of(document("<script>alert(1)</script>", '" onload="x'))
    reader = Tags()
    reader.feed(page)
    assert "script" not in reader.tags
    assert "&lt;script&gt;" in page
    assert (reader.tags.count("table"), reader.tags.count("h1"), reader.tags.count("h2")) == (2, 1, 3)
    assert '<html lang="tg">' in page
    assert "src=" not in page
    assert "href=" not in page


@pytest.mark.parametrize("text", [TAJIK, "#strong[x] $a$ \\ // @y <z>", "x" * 3000])
async def test_pdf_keeps_the_standard_for_accessible_ones(text: str) -> None:
    """The typesetter refuses PDF/UA when a letter cannot be shown: so Tajik is in the font."""
    pdf = await pdf_of(document(text, text))
    assert pdf.startswith(b"%PDF-")
    assert b"pdfuaid:part" in pdf


async def test_a_letter_that_the_font_lacks_does_not_refuse_the_copy() -> None:
    pdf = await pdf_of(document("漢字"))
    assert pdf.startswith(b"%PDF-")
    assert b"pdfuaid:part" not in pdf
