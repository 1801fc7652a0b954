"""What is taken for a video, and how it is sent in parts."""

import struct
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory

from govtech import clock
from govtech.errors import DomainError
from govtech.files import checks, video
from govtech.files.actions import DamagedFileError, check_video, keep, store_bytes
from govtech.files.models import StoredFile
from govtech.files.views import MOST_AT_ONCE, send_media
from tests import people
from tests.files import samples
from tests.programme.factories import film
from tests.visits import body


def box(kind: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def mp4(codec: bytes = b"avc1", seconds: int = 90, *, tail: bytes = b"") -> bytes:
    """Return a table of contents in MP4, without pictures that could be seen."""
    mvhd = box(b"mvhd", bytes(12) + struct.pack(">II", 1000, seconds * 1000) + bytes(80))
    stsd = box(b"stsd", bytes(8) + box(codec, bytes(20)))
    track = box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", stsd))))
    return box(b"ftyp", b"isom" + bytes(4)) + box(b"moov", mvhd + track) + box(b"mdat", bytes(64)) + tail


def refusal(content: bytes, name: str) -> str:
    with pytest.raises(DomainError) as caught:
        check_video(SimpleUploadedFile(name, content))
    assert caught.value.field == "file"
    return str(caught.value)


def test_webm_and_mp4_say_how_long_they_last() -> None:
    assert video.facts_of(BytesIO(film())) == video.Facts("video/webm", 18)
    assert video.facts_of(BytesIO(mp4())) == video.Facts("video/mp4", 90)
    checked, seconds = check_video(SimpleUploadedFile("../x/Presentación.MP4", mp4()))
    assert (checked.name, checked.content_type, seconds) == ("Presentación.MP4", "video/mp4", 90)


def test_a_large_box_and_one_to_the_end_are_read() -> None:
    large = struct.pack(">I4sQ", 1, b"free", 16 + 5) + bytes(5)
    to_the_end = struct.pack(">I4s", 0, b"free") + bytes(9)

    assert video.facts_of(BytesIO(mp4(tail=large + to_the_end))).seconds == 90


@pytest.mark.parametrize(
    "content",
    [b"", b"x", b"\x1a\x45\xdf\xa3", film()[:40], mp4()[:60], mp4(tail=b"<script>alert(1)</script>"), samples.pdf(),
     samples.image(), b"\x00\x00\x00\x08ftyp", mp4() + b"PK\x03\x04", b"\x00" * 200,
     b"\x1a\x45\xdf\xa3" + b"\xff" * 300],
)  # fmt: skip
def test_what_is_no_video_is_refused(content: bytes) -> None:
    with pytest.raises(video.NotAVideoError):
        video.facts_of(BytesIO(content))


@pytest.mark.parametrize("cut", range(0, 3000, 7))
def test_a_broken_video_is_refused_in_words_or_read(cut: int) -> None:
    for content in (film()[:cut], mp4()[:cut], film()[:200] + bytes([cut % 256]) * 400, mp4()[:cut] + b"\xff" * 64):
        try:
            video.facts_of(BytesIO(content))
        except (video.NotAVideoError, video.UnplayableError):
            continue


def test_a_picture_that_few_play_or_no_length_is_refused() -> None:
    assert "H.264" in refusal(mp4(b"mp4v"), "a.mp4")
    assert "H.264" in refusal(mp4(seconds=0), "a.mp4")
    assert "H.264" in refusal(mp4(b"mp4a"), "a.mp4")  # sound alone


def test_names_and_sizes_are_checked() -> None:
    assert "MP4" in refusal(film(), "a.avi")
    assert "MP4" in refusal(film(), "pelicula")
    assert refusal(film(), "a.mp4") == refusal(mp4(), "a.webm") == refusal(samples.pdf(), "a.mp4")
    assert "300" in str(_too_large())


def _too_large() -> DomainError:
    with pytest.raises(DomainError) as caught:
        checks.check_video(BytesIO(b"x"), "a.mp4", checks.MAX_VIDEO_BYTES + 1)
    return caught.value


@pytest.fixture
def stored(db: None) -> StoredFile:
    checked, _seconds = check_video(SimpleUploadedFile("film.webm", film()))
    return keep(checked, by=people.officer(), at=clock.now())


def sent(stored: StoredFile, asked: str = "", **headers: str) -> tuple[int, bytes, dict[str, str]]:
    names = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    request = RequestFactory().get("/x/", **({"HTTP_RANGE": asked} if asked else {}), **names)
    answer = send_media(request, stored, seconds=60)
    content = body(answer)
    answer.close()
    return answer.status_code, content, dict(answer.headers)


def test_a_video_is_sent_whole_or_in_the_part_asked_for(stored: StoredFile) -> None:
    data, size = film(), len(film())
    assert size < MOST_AT_ONCE

    status, content, headers = sent(stored)
    assert (status, content) == (200, data)
    assert (headers["Accept-Ranges"], headers["Content-Length"]) == ("bytes", str(size))
    assert headers["Content-Type"] == "video/webm"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "public, max-age=60"

    for asked, first, last in (
        ("bytes=0-99", 0, 99), ("bytes=100-", 100, size - 1), ("bytes=-10", size - 10, size - 1),
        (f"bytes={size - 1}-{size + 50}", size - 1, size - 1), ("bytes=0-0", 0, 0),
    ):  # fmt: skip
        status, content, headers = sent(stored, asked)
        assert (status, content) == (206, data[first : last + 1]), asked
        assert headers["Content-Range"] == f"bytes {first}-{last}/{size}"
        assert headers["Content-Length"] == str(last - first + 1)


def test_a_part_that_is_not_there_is_refused(stored: StoredFile) -> None:
    for asked in (f"bytes={len(film())}-", "bytes=9-3", "bytes=-0"):
        status, _content, headers = sent(stored, asked)
        assert (status, headers["Content-Range"]) == (416, f"bytes */{len(film())}"), asked


@pytest.mark.parametrize("asked", ["bytes=0-9,20-29", "lines=1-2", "bytes=x-", "bytes=-", "bytes"])
def test_what_is_not_understood_gets_the_whole(stored: StoredFile, asked: str) -> None:
    assert sent(stored, asked)[:2] == (200, film())


def test_who_has_it_is_sent_nothing_and_who_has_another_gets_the_whole(stored: StoredFile) -> None:
    etag = sent(stored)[2]["ETag"]

    assert sent(stored, if_none_match=etag)[:2] == (304, b"")
    assert sent(stored, "bytes=0-9", if_range=etag)[0] == 206
    assert sent(stored, "bytes=0-9", if_range='"another"')[:2] == (200, film())


def test_of_an_open_part_a_piece_is_given(stored: StoredFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("govtech.files.views.MOST_AT_ONCE", 1000)

    status, content, headers = sent(stored, "bytes=500-")

    assert (status, content) == (206, film()[500:1500])
    assert headers["Content-Range"] == f"bytes 500-1499/{len(film())}"


def test_sealed_and_lost_files_are_not_sent(stored: StoredFile) -> None:
    stored.location.unlink()
    with pytest.raises(DamagedFileError):
        sent(stored)
    stored.encrypted = True
    with pytest.raises(ValueError, match="sealed"):
        sent(stored)


@pytest.mark.django_db
def test_only_the_office_may_send_more_than_a_document(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what others send only so much is kept as a document may have, whatever they say."""
    monkeypatch.setattr("govtech.files.uploads.MAX_BYTES", 1000)
    kept: list[int] = []
    monkeypatch.setattr("govtech.files.stream.Writer.write", lambda _self, data: kept.append(len(data)))
    for user in (None, people.person(), people.director()):
        if user:
            client.force_login(user)
        client.post("/contenidos/videos/nuevo/", {"upload": SimpleUploadedFile("film.webm", film())})
        assert sum(kept) < len(film())
        kept.clear()

    client.force_login(people.officer())
    client.post("/avisos/", {"upload": SimpleUploadedFile("film.webm", film())})
    assert sum(kept) < len(film())
    kept.clear()
    monkeypatch.undo()
    found = client.post("/contenidos/videos/nuevo/", {"upload": SimpleUploadedFile("film.webm", film())})
    assert found.status_code == 422  # it is read whole, and the rest of the form is missing


@pytest.mark.django_db
def test_pictures_are_sent_the_same_way() -> None:
    made = store_bytes(samples.image(), name="a.png", content_type="image/png", by=None, at=clock.now())

    assert sent(made)[:2] == (200, samples.image())
