"""PDF: what people wrote stays text, and the file is tagged."""

from datetime import UTC, datetime
from io import BytesIO

import pikepdf
import pytest

from govtech.files import pdf

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOSTILE = '#read("/etc/passwd") $x$ \\ *b* _i_ <lbl> @ref [c] // "quoted" `raw` \x00\x07 = no heading'


def _document(text: str) -> dict:
    return {
        "title": text,
        "reference": "RETO-2026-001",
        "eyebrow": text,
        "blocks": [
            pdf.heading(text),
            pdf.paragraph(f"{text}\n\n{text}\nsecond line"),
            pdf.note(text),
            pdf.code(text),
            pdf.items([text, "b"]),
            pdf.facts([(text, text), ("left out", "")]),
            pdf.table([text, "€"], [[text, "1,00"], ["x", "2,00"]], numeric=[1]),
        ],
    }


def test_document_is_tagged_and_names_itself():
    data = pdf.render("document", _document("Informe de necesidad") | {"lang": "es"}, at=AT)

    with pikepdf.open(BytesIO(data)) as file:
        assert "/StructTreeRoot" in file.Root
        assert str(file.Root.Lang) == "es"
        assert file.Root.ViewerPreferences.DisplayDocTitle
        with file.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"] == "Informe de necesidad"
            assert metadata["xmp:CreateDate"].startswith("2026-03-02")


@pytest.mark.parametrize(
    "text",
    [
        HOSTILE,
        "ñ € 漢字 \u202e 🙂",
        "".join(map(chr, range(0x2000, 0x2C00))),
        "عربي हिन्दी ไทย ꙮ \ue000",
        "#" * 50,
        "\\" * 9,
        "x" * 3000,
    ],
)
def test_what_people_wrote_is_never_read_as_markup(text):
    data = pdf.render("document", _document(text), at=AT)

    with pikepdf.open(BytesIO(data)) as file:
        assert "/StructTreeRoot" in file.Root


def test_same_document_gives_same_bytes():
    assert pdf.render("document", _document("a"), at=AT) == pdf.render("document", _document("a"), at=AT)
