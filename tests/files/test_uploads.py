"""On the way in: encrypted before the disk, scanned where there is a scanner, nothing left of what is refused."""

import io
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http.request import UnreadablePostError
from django.test import RequestFactory
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from govtech import clock
from govtech.errors import DomainError
from govtech.files import actions, scanner, uploads
from govtech.files.models import StoredFile
from tests.files import samples
from tests.files.scanners import EICAR, Scanner, running

MARKER = b"zarzaparrilla "


@pytest.fixture
def private(settings: Any, tmp_path: Path) -> Path:
    settings.PRIVATE_FILES_DIR = tmp_path / "private"
    return settings.PRIVATE_FILES_DIR


@pytest.fixture
def clamd(settings: Any) -> Iterator[Scanner]:
    with running() as found:
        settings.CLAMD_ADDRESS = found.address
        yield found


def posted(data: bytes, **options: Any) -> Any:
    """Return a request with a file in a form."""
    body = encode_multipart(BOUNDARY, {"file": SimpleUploadedFile("notas.txt", data)})
    return RequestFactory().generic("POST", "/", body, content_type=MULTIPART_CONTENT, **options)


@pytest.fixture
def disks(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is written to temporary files while the request is read."""
    opened: list[Any] = []
    real = uploads.storage.nameless

    def nameless() -> Any:
        opened.append(real())
        return opened[-1]

    monkeypatch.setattr(uploads.storage, "nameless", nameless)
    return opened


def test_what_a_form_sends_is_never_in_the_clear_on_the_disk(disks: list[Any]) -> None:
    data = MARKER * 20_000

    upload = posted(data).FILES["file"]

    (disk,) = disks
    disk.seek(0)
    written = disk.read()
    assert len(written) > len(data)
    assert MARKER not in written
    assert os.fstat(disk.fileno()).st_nlink == 0, "it has no name in any folder"
    assert upload.read() == data
    assert upload.size == len(data)
    upload.close()
    assert disk.closed


class Broken(io.BytesIO):
    """A line that breaks in the middle."""

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        if not data:
            raise OSError("gone")
        return data


def test_of_a_line_that_breaks_no_name_is_left(disks: list[Any]) -> None:
    body = encode_multipart(BOUNDARY, {"file": SimpleUploadedFile("notas.txt", MARKER * 20_000)})
    line = {"wsgi.input": Broken(body[: len(body) // 2]), "CONTENT_LENGTH": str(len(body))}
    request = RequestFactory().generic("POST", "/", b"x", content_type=MULTIPART_CONTENT, **line)

    with pytest.raises(UnreadablePostError):
        len(request.FILES)

    assert disks
    assert all(os.fstat(disk.fileno()).st_nlink == 0 for disk in disks), "it goes with the request"


@pytest.mark.django_db
def test_of_a_file_over_the_limit_only_the_size_is_kept(
    monkeypatch: pytest.MonkeyPatch, disks: list[Any], private: Path
) -> None:
    monkeypatch.setattr(uploads, "MAX_BYTES", 100_000)

    upload = posted(MARKER * 50_000).FILES["file"]

    assert upload.size == len(MARKER) * 50_000
    assert os.fstat(disks[0].fileno()).st_size < 400_000
    with pytest.raises(DomainError):
        actions.store(upload, by=None, at=clock.now())
    assert not private.exists()
    upload.close()


@pytest.mark.django_db
def test_a_clean_file_is_scanned_whole_and_kept(clamd: Scanner, private: Path) -> None:
    data = samples.pdf()

    stored = actions.store(SimpleUploadedFile("plan.pdf", data), by=None, at=clock.now())

    assert clamd.seen == [data]
    assert actions.read(stored) == data


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("says", "words"),
    [
        (None, "Eicar-Test-Signature"),
        (b"INSTREAM size limit exceeded. ERROR\n", "virus en este momento"),
        (b"stream: Can't allocate memory ERROR\n", "virus en este momento"),
        (b"", "virus en este momento"),
        (b"UNKNOWN COMMAND\n", "virus en este momento"),
    ],
)
def test_what_isnt_clean_is_refused_in_words(clamd: Scanner, private: Path, says: bytes | None, words: str) -> None:
    clamd.says = says

    with pytest.raises(DomainError, match=words) as refusal:
        actions.store(SimpleUploadedFile("notas.txt", EICAR), by=None, at=clock.now())

    assert refusal.value.field == "file"
    assert not StoredFile.objects.exists()
    assert not private.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("place", ["tcp", "unix", "silent"])
def test_a_scanner_that_isnt_there_lets_nothing_in(place: str, settings: Any, private: Path, tmp_path: Path) -> None:
    settings.CLAMD_TIMEOUT = 0.05
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        settings.CLAMD_ADDRESS = {
            "tcp": "tcp://127.0.0.1:1",
            "unix": f"unix:{tmp_path}/clamd.sock",
            "silent": f"tcp://127.0.0.1:{port}",
        }[place]

        with pytest.raises(DomainError, match="virus en este momento"):
            actions.store(SimpleUploadedFile("notas.txt", b"limpio"), by=None, at=clock.now())

    assert not StoredFile.objects.exists()
    assert not private.exists()


def test_an_address_that_says_nothing_stops(settings: Any) -> None:
    settings.CLAMD_ADDRESS = "localhost"

    with pytest.raises(ImproperlyConfigured):
        scanner.check(SimpleUploadedFile("a.txt", b"a").file)  # type: ignore[arg-type]
