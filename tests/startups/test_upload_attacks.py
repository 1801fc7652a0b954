"""Files that aren't what they seem, and lines that aren't what they promise: refused in words, nothing left behind."""

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from zeal import zeal_ignore

from govtech.files import checks
from govtech.files.models import StoredFile
from startups.models import Attachment, Proposal, Upload, UploadPart
from tests.files import samples
from tests.files.scanners import EICAR, Scanner, running
from tests.startups.calls import own_draft
from tests.startups.factories import owner_of

pytestmark = pytest.mark.django_db

ROWS = (StoredFile, Attachment, Upload, UploadPart)
Left = Callable[[], set[str]]
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(document.domain)</script></svg>'


def bomb() -> bytes:
    """Return a document that unpacks to 60 MB from a quarter of a megabyte."""
    return samples.docx({"word/media.xml": bytes(60_000_000)})


ATTACKS: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "PDF that is an archive, too": (
        "plan.pdf", lambda: samples.pdf() + samples.package({"a.exe": b"MZ"}), "no es lo que dice su nombre"),
    "picture that is an archive, too": (
        "foto.png", lambda: samples.image() + samples.package({"a.js": b"x"}), "no es lo que dice su nombre"),
    "picture with a page at its end": (
        "foto.jpg", lambda: samples.image("JPEG") + b"<ScRiPt>alert(1)</script>", "no es lo que dice su nombre"),
    "picture that is a PDF, too": (
        "foto.png", lambda: samples.image() + samples.pdf(), "no es lo que dice su nombre"),
    "page in a picture's name": ("foto.png", lambda: b"GIF89a/*<script>*/=1", "no es lo que dice su nombre"),
    "bomb": ("plan.docx", bomb, "mucho más de lo normal"),
    "SVG with a script": ("logo.svg", lambda: SVG, "No se aceptan archivos"),
    "SVG called a picture": ("logo.png", lambda: SVG, "no es lo que dice su nombre"),
    "two endings": ("factura.exe.pdf", samples.pdf, "dos extensiones"),
    "two endings, the last a program's": ("factura.pdf.exe", samples.pdf, "No se aceptan archivos"),
    "two endings, turned round": ("factura\u202egpj.exe.pdf", samples.pdf, "dos extensiones"),
    "nothing": ("vacio.pdf", lambda: b"", "vacío"),
    "too much": ("grande.pdf", lambda: b"%PDF-1.7" + bytes(checks.MAX_BYTES), "20 MB"),
    "a virus": ("notas.txt", lambda: EICAR, "Eicar-Test-Signature"),
    "a virus in a document": (
        "notas.odt", lambda: samples.package({"mimetype": checks.CONTENT_TYPES["odt"], "META-INF/manifest.xml": "<m/>",
                                              "a.txt": EICAR}, compression=zipfile.ZIP_STORED), "Eicar-Test-Signature"),
}  # fmt: skip


@pytest.fixture
def private(settings: Any, tmp_path: Path) -> Path:
    settings.PRIVATE_FILES_DIR = tmp_path / "private"
    return settings.PRIVATE_FILES_DIR


@pytest.fixture
def clamd(settings: Any) -> Iterator[Scanner]:
    with running() as found:
        settings.CLAMD_ADDRESS = found.address
        yield found


@pytest.fixture
def proposal(client: Client, private: Path) -> Proposal:
    found = own_draft()
    client.force_login(owner_of(found.organisation))
    return found


def address(proposal: Proposal, name: str, **more: str) -> str:
    return reverse(f"startups:{name}", kwargs={"public_id": proposal.public_id, **more})


def begun(client: Client, proposal: Proposal, name: str, size: int, **more: Any) -> Any:
    """Say which file comes."""
    data = {"name": name, "size": size, "modified": 1, "envelope": "technical", **more}
    return client.post(address(proposal, "begin_upload"), data)


def piece(client: Client, url: str, start: int, data: bytes, **more: Any) -> Any:
    """Send a piece."""
    return client.patch(
        url, data, content_type="application/offset+octet-stream", headers={"Upload-Offset": str(start)}, **more
    )


def everything(private: Path) -> set[str]:
    """Return all that there is of files: rows and bytes."""
    rows = [f"{row._meta.label} {row.pk}" for model in ROWS for row in model.objects.all()]
    return {*rows, *(str(path) for path in private.rglob("*") if path.is_file())}


@pytest.fixture
def left(proposal: Proposal, private: Path) -> Callable[[], set[str]]:
    """Say what there is more than before."""
    before = everything(private)
    return lambda: everything(private) - before


def test_hostile_files_in_a_form(client: Client, proposal: Proposal, left: Left, clamd: Scanner) -> None:
    passed = {}
    for name, (called, make, words) in ATTACKS.items():
        data = {"file": SimpleUploadedFile(called, make()), "envelope": "technical"}
        answer = client.post(address(proposal, "files"), data)
        if answer.status_code != 422 or words not in answer.content.decode() or left():
            passed[name] = (answer.status_code, left())

    assert passed == {}


def test_hostile_files_in_pieces(
    client: Client, proposal: Proposal, left: Left, clamd: Scanner, django_capture_on_commit_callbacks: Any
) -> None:
    passed, whole = {}, 0
    for name, (called, make, words) in ATTACKS.items():
        data = make()
        answer = begun(client, proposal, called, len(data))
        if answer.status_code == 201:
            whole += 1
            url = answer.json()["url"]
            with django_capture_on_commit_callbacks(execute=True), zeal_ignore():
                for start in range(0, len(data), 700_000):
                    answer = piece(client, url, start, data[start : start + 700_000])
        if answer.status_code != 422 or words not in answer.json()["message"] or left():
            passed[name] = (answer.status_code, left())

    assert passed == {}
    assert whole > 8, "some are refused by name and size already"


@pytest.mark.parametrize("called", ["../../etc/cron.d/plan.pdf", "C:\\Windows\\plan.pdf", "/etc/passwd/plan.pdf"])
def test_a_path_in_the_name_is_none(called: str, client: Client, proposal: Proposal, left: Left, private: Path) -> None:
    upload = SimpleUploadedFile("x", samples.pdf())
    upload._name = called

    client.post(address(proposal, "files"), {"file": upload, "envelope": "technical"})

    page = client.get(address(proposal, "files")).content.decode()
    assert ">plan.pdf</a>" in page
    assert not [path for path in left() if "plan" in path]
    assert all(str(path.parent.parent) == str(private) for path in private.rglob("*") if path.is_file())


def test_a_scanner_that_fails_holds_up_files_and_nothing_else(
    client: Client, proposal: Proposal, left: Left, clamd: Scanner
) -> None:
    clamd.says = b""

    answer = client.post(
        address(proposal, "files"), {"file": SimpleUploadedFile("a.pdf", samples.pdf()), "envelope": "technical"}
    )

    assert "virus en este momento" in answer.content.decode()
    assert left() == set()
    assert client.get(address(proposal, "review")).status_code == 200


def test_wrong_lengths(client: Client, proposal: Proposal, private: Path) -> None:
    url = begun(client, proposal, "plan.pdf", 1_000).json()["url"]

    assert "más de lo que" in piece(client, url, 0, bytes(1_001)).json()["message"]
    assert piece(client, url, 0, b"").status_code == 422
    assert piece(client, url, 5, b"x").json()["offset"] == 0
    for strange in ("", "-1", "uno", "٣", "9" * 30):
        assert piece(client, url, strange, b"x").status_code == 400  # type: ignore[arg-type]
    for size in (0, -1, 40_000_000, "x"):
        assert begun(client, proposal, "otro.pdf", size).status_code == 422  # type: ignore[arg-type]
    assert UploadPart.objects.count() == 0
    assert Upload.objects.count() == 1


class Slow(io.BytesIO):
    """A line that gives a little and ends, or dies."""

    dies = False

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        if self.tell() == len(self.getvalue()) and self.dies:
            raise OSError("timed out")
        return data


def test_a_piece_that_breaks_off_leaves_nothing_and_goes_on_from_there(
    client: Client, proposal: Proposal, left: Left, private: Path, django_capture_on_commit_callbacks: Any
) -> None:
    data = samples.pdf() + b"%" + bytes(range(32, 127)) * 40
    url = begun(client, proposal, "plan.pdf", len(data)).json()["url"]
    piece(client, url, 0, data[:1_500])

    for dies in (False, True):
        line = Slow(data[1_500:2_000])
        line.dies = dies
        extra = {"CONTENT_LENGTH": "2000", "wsgi.input": line}
        broken = client.generic("PATCH", url, b"x", headers={"Upload-Offset": "1500"}, **extra)
        assert broken.status_code == 400

    assert client.get(url).json() == {"offset": 1_500}
    assert begun(client, proposal, "plan.pdf", len(data)).json()["offset"] == 1_500, "the same file chosen again"
    stored = [path.read_bytes() for path in private.rglob("*") if path.is_file()]
    assert not any(data[100:150] in kept for kept in stored), "pieces lie encrypted"
    with django_capture_on_commit_callbacks(execute=True), zeal_ignore():
        done = piece(client, url, 1_500, data[1_500:])
    assert done.status_code == 201
    (attachment,) = Attachment.objects.all()
    sent = client.get(address(proposal, "file", attachment=attachment.public_id))
    assert b"".join(sent.streaming_content) == data
    assert Upload.objects.get().attachment == attachment
    assert not UploadPart.objects.exists()
    assert len(left()) == 4, "the row, its attachment, the word that it came, and the bytes"
