"""Keeping files: whole or not at all, sealed where asked, sent only as downloads."""

import errno
import gc
import hashlib
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import signals
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.handlers.wsgi import WSGIHandler
from django.db import IntegrityError, close_old_connections, transaction
from django.test import RequestFactory
from gunicorn.http.wsgi import FileWrapper

from govtech import clock
from govtech.errors import DomainError
from govtech.files import actions, storage, tasks
from govtech.files.models import StoredFile
from govtech.files.stream import StreamCodec
from govtech.files.views import send_file
from tests.accounts.factories import UserFactory
from tests.files import samples

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.PRIVATE_FILES_DIR = tmp_path / "private"
    return settings.PRIVATE_FILES_DIR


CODEC = StreamCodec(bytes(range(32)), "here")


def upload(name: str = "plan.pdf", data: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, samples.pdf() if data is None else data, content_type="text/html")


def on_disk(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_is_kept_with_its_hash_and_real_type(folder: Path) -> None:
    user, file = UserFactory(), upload("../Plan final.pdf")
    at = clock.now()

    stored = actions.store(file, by=user, at=at)

    data = file.file.getvalue()
    assert (stored.name, stored.content_type, stored.size) == ("Plan final.pdf", "application/pdf", len(data))
    assert stored.sha256 == hashlib.sha256(data).hexdigest()
    assert (stored.created_by, stored.created_at, stored.encrypted) == (user, at, False)
    assert actions.read(stored) == data
    assert on_disk(folder) == [stored.location]
    assert "plan" not in str(stored.location).lower().replace(str(folder).lower(), "")
    assert stored.location.stat().st_mode & 0o077 == 0


def test_a_sealed_file_is_unreadable_on_disk_and_nameless(folder: Path) -> None:
    file = upload("MARKER.csv", b"MARKER;1\n")

    stored = actions.store(file, by=UserFactory(), at=clock.now(), codec=CODEC)

    assert b"MARKER" not in stored.location.read_bytes()
    assert stored.name == ""
    assert stored.encrypted
    assert stored.sha256 == hashlib.sha256(b"MARKER;1\n").hexdigest()
    assert actions.read(stored, CODEC) == b"MARKER;1\n"
    with pytest.raises(ValueError):
        actions.read(stored)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("plan.exe", b"MZ"),
        ("plan.pdf", b"MZ"),
        ("plan.pdf", b""),
        ("plan.pdf", b"%PDF-1.7" + bytes(20_000_000)),
        ("plan", b"x"),
    ],
)
def test_a_refused_file_leaves_nothing(folder: Path, name: str, data: bytes) -> None:
    file = upload("x", data)
    file.name = name

    with pytest.raises(DomainError) as refusal:
        actions.store(file, by=UserFactory(), at=clock.now())

    assert refusal.value.field == "file"
    assert on_disk(folder) == []
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize("call", ["fsync", "open", "fdopen"])
def test_a_full_disk_is_told_in_words_and_leaves_nothing(folder: Path, monkeypatch: Any, call: str) -> None:
    real = getattr(os, call)

    def full(*args: Any, **kwargs: Any) -> Any:
        if call == "fdopen":
            os.close(args[0])
        if call != "open" or "unfinished" in str(args[0]):
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*args, **kwargs)

    monkeypatch.setattr(storage.os, call, full)
    with pytest.raises(DomainError, match="sitio"):
        actions.store(upload(), by=UserFactory(), at=clock.now())
    monkeypatch.undo()

    assert on_disk(folder) == []
    assert not StoredFile.objects.exists()


def test_a_row_that_fails_takes_its_file_along(folder: Path) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.store_bytes(b"", name="a.txt", content_type="text/plain", by=None, at=clock.now())

    assert on_disk(folder) == []


def test_a_document_of_the_portal_needs_no_author() -> None:
    stored = actions.store_bytes(b"%PDF-x", name="acta.pdf", content_type="application/pdf", by=None, at=clock.now())

    assert (stored.created_by, stored.name) == (None, "acta.pdf")


def test_changed_bytes_are_noticed() -> None:
    stored = actions.store(upload(), by=UserFactory(), at=clock.now())
    stored.location.write_bytes(stored.location.read_bytes() + b" ")

    with pytest.raises(actions.DamagedFileError):
        actions.read(stored)


@pytest.mark.django_db(transaction=True)
def test_discarding_waits_for_the_commit(folder: Path) -> None:
    stored = actions.store(upload(), by=UserFactory(), at=clock.now())
    with transaction.atomic():
        actions.discard(stored)
        transaction.set_rollback(True)
    kept = StoredFile.objects.get()
    assert kept.location.exists()

    actions.discard(kept)

    assert not StoredFile.objects.exists()
    assert on_disk(folder) == []


def age(path: Path, hours: float) -> None:
    instant = clock.now().timestamp() - hours * 3600
    os.utime(path, (instant, instant))


def test_the_sweep_takes_what_no_row_names_after_a_day(folder: Path) -> None:
    kept = actions.store(upload(), by=UserFactory(), at=clock.now())
    with transaction.atomic():
        actions.store(upload(), by=UserFactory(), at=clock.now())
        transaction.set_rollback(True)
    (fresh,) = set(on_disk(folder)) - {kept.location}
    cut_short = kept.location.with_name("abc" + storage.UNFINISHED)
    cut_short.write_bytes(b"half")
    age(kept.location, 48)
    age(cut_short, 48)

    assert tasks.sweep_orphans(extra="from an older beat") == 1
    assert set(on_disk(folder)) == {kept.location, fresh}
    assert actions.sweep_orphans(at=clock.now() + timedelta(hours=25)) == 1
    assert on_disk(folder) == [kept.location]


@pytest.mark.parametrize("codec", [None, CODEC])
def test_a_file_is_sent_as_a_download_and_nothing_else(codec: Any) -> None:
    stored = actions.store(
        upload("año 2026.csv", b"<script>alert(1)</script>"), by=UserFactory(), at=clock.now(), codec=codec
    )

    response = send_file(stored, name="año 2026.csv", codec=codec)

    assert b"".join(response) == b"<script>alert(1)</script>"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''a%C3%B1o%202026.csv"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Type"] == "text/csv"


def test_a_name_cannot_add_a_header() -> None:
    stored = actions.store(upload(), by=UserFactory(), at=clock.now())

    response = send_file(stored, name='a"\r\nSet-Cookie: b=c.pdf')

    assert "Set-Cookie" not in response.headers
    assert "\n" not in response["Content-Disposition"]


def test_impossible_rows_are_refused() -> None:
    good = {"content_type": "text/plain", "size": 1, "sha256": "a" * 64, "created_at": clock.now()}
    for values, constraint in [
        ({"sha256": "A" * 64}, "file_hash_is_sha256"),
        ({"sha256": "a" * 63}, "file_hash_is_sha256"),
        ({"size": 0}, "file_size_positive"),
    ]:
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            StoredFile.objects.create(path=constraint, **{**good, **values})


@pytest.fixture
def quiet_signals() -> Iterator[None]:
    """A web server's answers give back the thread's connection, which here is the test's own."""
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (signals.request_started, signals.request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("codec", [None, CODEC])
def test_a_file_that_was_sent_ends_nobodys_request_when_it_is_forgotten(
    monkeypatch: pytest.MonkeyPatch, quiet_signals: None, codec: StreamCodec | None
) -> None:
    stored = actions.store(upload(), by=UserFactory(), at=clock.now(), codec=codec)
    monkeypatch.setattr(WSGIHandler, "get_response", lambda _self, _request: send_file(stored, name="a", codec=codec))
    environ = RequestFactory().get("/").environ | {"wsgi.file_wrapper": FileWrapper}
    ended: list[object] = []

    def end(**_kw: object) -> None:
        ended.append(1)

    signals.request_finished.connect(end)
    try:
        answer = WSGIHandler()(environ, lambda *_args: None)
        assert b"".join(answer) == samples.pdf()
        answer.close()
        assert len(ended) == 1
        del answer
        gc.collect()
    finally:
        signals.request_finished.disconnect(end)

    assert len(ended) == 1
