"""Hostile and honest files."""

import io
import zipfile
from collections.abc import Callable

import pikepdf
import pytest

from govtech.errors import DomainError
from govtech.files import checks, pdf_content
from tests.files import samples

KB = 1024


def javascript(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def indirect_javascript(document: pikepdf.Pdf) -> None:
    action = document.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.JavaScript))
    document.pages[0].obj.AA = pikepdf.Dictionary(O=action)


def named_javascript(document: pikepdf.Pdf) -> None:
    document.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=pikepdf.Array([])))


def launch(document: pikepdf.Pdf) -> None:
    document.pages[0].obj.Annots = pikepdf.Array(
        [pikepdf.Dictionary(Subtype=pikepdf.Name.Link, A=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe"))]
    )


def embedded_file(document: pikepdf.Pdf) -> None:
    document.attachments["a.exe"] = pikepdf.AttachedFileSpec(document, b"MZ", filename="a.exe")


def link(document: pikepdf.Pdf) -> None:
    document.pages[0].obj.Annots = pikepdf.Array(
        [
            pikepdf.Dictionary(
                Subtype=pikepdf.Name.Link, A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://a.example")
            )
        ]
    )


HONEST: dict[str, tuple[str, Callable[[], bytes]]] = {
    "pdf": ("pdf", samples.pdf),
    "pdf with a link": ("pdf", lambda: samples.pdf(link)),
    "pdf with object streams": ("pdf", lambda: samples.pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate)),
    "png": ("png", samples.image),
    "jpg": ("jpg", lambda: samples.image("JPEG")),
    "jpeg": ("jpeg", lambda: samples.image("JPEG")),
    "docx": ("docx", samples.docx),
    "docx with a table inside": ("docx", lambda: samples.docx({"word/embeddings/t.xlsx": samples.xlsx()})),
    "docx with a picture": ("docx", lambda: samples.docx({"word/media/a.png": samples.image()})),
    "xlsx": ("xlsx", samples.xlsx),
    "pptx": ("pptx", samples.pptx),
    "odt": ("odt", samples.odt),
    "ods": ("ods", lambda: samples.odt(extension="ods")),
    "odp": ("odp", lambda: samples.odt(extension="odp")),
    "csv": ("csv", lambda: "año;importe\n2026;14,5\n".encode()),
    "csv with a mark": ("csv", lambda: "\ufeffaño;importe\n".encode()),
    "txt of Windows": ("txt", lambda: "Años y señales".encode("cp1252")),
    "large xml": ("xlsx", lambda: samples.xlsx({"xl/sheet.xml": b"<c>1</c>" * 20_000})),
}

HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "program called pdf": ("pdf", lambda: b"MZ" + bytes(500)),
    "page called pdf": ("pdf", lambda: b"<html><script>alert(1)</script>"),
    "something before the pdf": ("pdf", lambda: b"GIF89a" + samples.pdf()),
    "pdf cut short": ("pdf", lambda: b"%PDF-1.7\n" + bytes(100)),
    "pdf without pages": ("pdf", lambda: samples.pdf(lambda document: document.pages.__delitem__(0))),
    "pdf with a password": ("pdf", lambda: samples.pdf(encryption=pikepdf.Encryption(owner="o", user="u"))),
    "pdf with a script": ("pdf", lambda: samples.pdf(javascript)),
    "pdf with a script elsewhere": ("pdf", lambda: samples.pdf(indirect_javascript)),
    "pdf with named scripts": ("pdf", lambda: samples.pdf(named_javascript)),
    "pdf with a hidden script": (
        "pdf",
        lambda: samples.pdf(javascript, object_stream_mode=pikepdf.ObjectStreamMode.generate),
    ),
    "pdf that starts a program": ("pdf", lambda: samples.pdf(launch)),
    "pdf with a file inside": ("pdf", lambda: samples.pdf(embedded_file)),
    "picture called pdf": ("pdf", samples.image),
    "jpg called png": ("png", lambda: samples.image("JPEG")),
    "picture cut short": ("png", lambda: samples.image(size=(2_000, 2_000))[:200]),
    "only a picture's first bytes": ("png", lambda: b"\x89PNG\r\n\x1a\n<script>"),
    "picture of too many pixels": ("png", lambda: samples.image(size=(10_000, 7_000))),
    "picture bomb": ("png", lambda: samples.image(size=(20_000, 20_000))),
    "old Word called docx": ("docx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
    "any zip called docx": ("docx", lambda: samples.package({"a.txt": "x"})),
    "xlsx called docx": ("docx", samples.xlsx),
    "something before the zip": ("docx", lambda: b"MZ" + samples.docx()),
    "docx cut short": ("docx", lambda: samples.docx()[:-30]),
    "docx with macros": ("docx", lambda: samples.docx({"word/vbaProject.bin": b"x"})),
    "docm called docx": (
        "docx",
        lambda: samples.docx(types="<Types>application/vnd.ms-word.macroEnabled.main</Types>"),
    ),
    "docx with a program": ("docx", lambda: samples.docx({"word/embeddings/a.EXE": b"MZ"})),
    "docx with an OLE object": ("docx", lambda: samples.docx({"word/embeddings/oleObject1.bin": b"x"})),
    "docx with an archive": ("docx", lambda: samples.docx({"a.zip": samples.package({"b": "c"})})),
    "docx with a macro table inside": (
        "docx",
        lambda: samples.docx({"word/t.xlsx": samples.xlsx({"xl/vbaProject.bin": b"x"})}),
    ),
    "three documents deep": (
        "docx",
        lambda: samples.docx({"word/t.xlsx": samples.xlsx({"xl/u.docx": samples.docx()})}),
    ),
    "zip bomb": ("xlsx", lambda: samples.xlsx({"xl/sheet.xml": bytes(30_000 * KB)})),
    "many small bombs": ("xlsx", lambda: samples.xlsx({f"xl/{n}.xml": bytes(4_900 * KB) for n in range(60)})),
    "ten thousand parts": ("xlsx", lambda: samples.xlsx({f"xl/{n}.xml": "" for n in range(10_000)})),
    "a path out of the archive": ("docx", lambda: samples.docx({"../../etc/cron.d/x": "x"})),
    "an absolute path": ("docx", lambda: samples.docx({"/etc/passwd": "x"})),
    "a part of a lying size": ("docx", lambda: samples.with_lying_size(samples.docx({"z.xml": b"abc" * 99}))),
    "docx with a password": ("docx", lambda: samples.encrypted_flag(samples.docx())),
    "odt with macros": ("odt", lambda: samples.odt({"Basic/Standard/Module1.xml": "x"})),
    "odt with scripts": ("odt", lambda: samples.odt({"Scripts/python/a.py": "x"})),
    "odt with an object": ("odt", lambda: samples.odt({"Object 1": b"x"})),
    "odt with a password": ("odt", lambda: samples.odt(manifest="<manifest:encryption-data/>")),
    "ods called odt": ("odt", lambda: samples.odt(extension="ods")),
    "zeros called csv": ("csv", lambda: b"a;b\x00c"),
    "picture called txt": ("txt", samples.image),
    "zip called csv": ("csv", samples.docx),
    "program called txt": ("txt", lambda: b"MZ is how programs begin"),
}


@pytest.mark.parametrize("name", HONEST)
def test_honest_files_pass(name: str) -> None:
    extension, make = HONEST[name]

    assert checks.check_content(make(), extension) == checks.CONTENT_TYPES[extension]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_in_words(name: str) -> None:
    extension, make = HOSTILE[name]

    with pytest.raises(DomainError) as refusal:
        checks.check_content(make(), extension)

    assert refusal.value.field == "file"
    assert str(refusal.value).endswith((".", "!"))


BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "small bombs in several documents": (
        "docx",
        lambda: samples.docx({f"word/{n}.docx": samples.docx({"a.xml": bytes(4_700 * KB)}) for n in range(3)}),
    ),
    "a hundred documents": ("docx", lambda: samples.docx({f"word/{n}.docx": samples.docx() for n in range(100)})),
    "a packed part of a PDF": ("pdf", lambda: samples.packed_pdf(70)),
}


@pytest.mark.parametrize("name", BOMBS)
def test_what_unpacks_to_far_more_is_refused_as_a_whole(name: str) -> None:
    extension, make = BOMBS[name]

    with pytest.raises(DomainError, match="mucho más de lo normal"):
        checks.check_content(make(), extension)


def test_a_packed_pdf_of_an_honest_size_passes() -> None:
    assert checks.check_content(samples.packed_pdf(1), "pdf") == "application/pdf"


def test_a_pdf_whose_reader_dies_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_content.sys, "executable", "/bin/false")

    with pytest.raises(DomainError, match="mucho más de lo normal"):
        checks.check_content(samples.packed_pdf(1), "pdf")


@pytest.mark.parametrize("extension", sorted(checks.CONTENT_TYPES))
@pytest.mark.parametrize(
    "noise", [b"\x00" * 64, b"PK\x03\x04" + b"\xff" * 64, b"%PDF-1.7" + b"\xff" * 64, b"\x89PNG\r\n\x1a\n"]
)
def test_noise_never_crashes_and_never_passes(extension: str, noise: bytes) -> None:
    with pytest.raises(DomainError):
        checks.check_content(noise, extension)


@pytest.mark.parametrize(
    ("name", "size", "accepted"),
    [
        ("a.pdf", 1, True),
        ("A.PDF", checks.MAX_BYTES, True),
        ("a.pdf", checks.MAX_BYTES + 1, False),
        ("a.pdf", 0, False),
        ("a.exe", 1, False),
        ("a.pdf.exe", 1, False),
        ("a.docm", 1, False),
        ("a.svg", 1, False),
        ("a.html", 1, False),
        ("pdf", 1, False),
        ("", 1, False),
    ],
)
def test_name_and_size(name: str, size: int, accepted: bool) -> None:
    if accepted:
        assert checks.check_upload(name, size) == "pdf"
    else:
        with pytest.raises(DomainError):
            checks.check_upload(name, size)


def test_a_file_too_large_is_told_its_size_and_the_limit() -> None:
    with pytest.raises(DomainError) as refusal:
        checks.check_upload("plan.pdf", 40_000_000)

    assert "40.0 MB" in str(refusal.value)
    assert "20 MB" in str(refusal.value)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("plan.pdf", "plan.pdf"),
        ("../../etc/plan.pdf", "plan.pdf"),
        ("C:\\temp\\plan.pdf", "plan.pdf"),
        ("plan\x00.pdf", "plan.pdf"),
        ("plan\r\nSet-Cookie: a.pdf", "planSet-Cookie a.pdf"),
        ("fdp.\u202eexe.pdf", "fdp.exe.pdf"),  # the sign that turns the reading direction
        ("zero\u200bwidth.pdf", "zerowidth.pdf"),
        ("  plan   final .pdf", "plan final .pdf"),
        ("an\u0303o.pdf", "año.pdf"),
        ('a"b<c>.pdf', "a b c .pdf"),
        ("..", ""),
    ],
)
def test_names_lose_what_deceives(given: str, kept: str) -> None:
    assert checks.clean_name(given) == kept


def test_a_long_name_keeps_its_extension() -> None:
    name = checks.clean_name("x" * 300 + ".pdf")

    assert len(name) == checks.MAX_NAME
    assert name.endswith(".pdf")


def test_samples_are_what_they_say() -> None:
    """The bombs are small on the wire: else the size limit would have refused them."""
    for name in ("zip bomb", "many small bombs", "picture bomb"):
        assert len(HOSTILE[name][1]()) < checks.MAX_BYTES
    assert zipfile.is_zipfile(io.BytesIO(samples.docx()))
