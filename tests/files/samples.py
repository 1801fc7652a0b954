"""Files, honest and hostile, made on the spot."""

import io
import zipfile
import zlib
from collections.abc import Callable

import pikepdf
from PIL import Image

from govtech.files.checks import CONTENT_TYPES

OFFICE_TYPES = '<?xml version="1.0"?><Types><Override ContentType="{}"/></Types>'


def pdf(change: Callable[[pikepdf.Pdf], None] | None = None, **options: object) -> bytes:
    """Return a PDF of one page, after `change`."""
    document = pikepdf.new()
    document.add_blank_page()
    if change:
        change(document)
    output = io.BytesIO()
    document.save(output, **options)
    return output.getvalue()


def image(kind: str = "PNG", size: tuple[int, int] = (8, 8)) -> bytes:
    """Return a picture."""
    output = io.BytesIO()
    Image.new("1" if kind == "PNG" else "L", size).save(output, kind)
    return output.getvalue()


def package(members: dict[str, bytes | str], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a ZIP of those members."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return output.getvalue()


def docx(extra: dict[str, bytes | str] | None = None, *, types: str = OFFICE_TYPES) -> bytes:
    """Return a Word document, as far as its structure goes."""
    return package({"[Content_Types].xml": types, "word/document.xml": "<w/>", **(extra or {})})


def xlsx(extra: dict[str, bytes | str] | None = None) -> bytes:
    """Return a workbook."""
    return package({"[Content_Types].xml": OFFICE_TYPES, "xl/workbook.xml": "<x/>", **(extra or {})})


def pptx(extra: dict[str, bytes | str] | None = None) -> bytes:
    """Return a presentation."""
    return package({"[Content_Types].xml": OFFICE_TYPES, "ppt/presentation.xml": "<p/>", **(extra or {})})


def odt(extra: dict[str, bytes | str] | None = None, *, extension: str = "odt", manifest: str = "<m/>") -> bytes:
    """Return an OpenDocument of the kind of `extension`."""
    members = {"mimetype": CONTENT_TYPES[extension], "META-INF/manifest.xml": manifest, "content.xml": "<c/>"}
    return package({**members, **(extra or {})})


def with_lying_size(data: bytes) -> bytes:
    """Return the ZIP with the size of its last member's content set to one byte in its directory."""
    at = data.rindex(b"PK\x01\x02") + 24
    return data[:at] + (1).to_bytes(4, "little") + data[at + 4 :]


def encrypted_flag(data: bytes) -> bytes:
    """Return the ZIP with its first member marked as encrypted."""
    at = data.index(b"PK\x01\x02") + 8
    return data[:at] + bytes([data[at] | 1]) + data[at + 1 :]


def packed_pdf(megabytes: int) -> bytes:
    """Return a PDF of which one object unpacks to so many megabytes of blanks."""
    packer = zlib.compressobj(9)
    packed = packer.compress(b"6 0 << >>")
    for _ in range(megabytes):
        packed += packer.compress(b" " * 1_000_000)
    packed += packer.flush()
    written, places = [b"%PDF-1.5\n"], [0]
    for number, content in enumerate(
        [
            b"<< /Type /Catalog /Pages 2 0 R /More 6 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /Resources << >> /MediaBox [0 0 9 9] >>",
            b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream"
            % (len(packed), packed),
        ],
        1,
    ):
        places.append(sum(map(len, written)))
        written.append(b"%d 0 obj\n%b\nendobj\n" % (number, content))
    start = sum(map(len, written))
    rows = [b"\0\0\0\0\0\xff", *(b"\1%b\0" % place.to_bytes(4, "big") for place in [*places[1:], start])]
    table = b"".join(rows) + b"\2" + (4).to_bytes(4, "big") + b"\0"
    written.append(
        b"5 0 obj\n<< /Type /XRef /Size 7 /W [1 4 1] /Root 1 0 R /Length %d >>\nstream\n%b\nendstream\nendobj\n"
        b"startxref\n%d\n%%%%EOF" % (len(table), table, start)
    )
    return b"".join(written)
