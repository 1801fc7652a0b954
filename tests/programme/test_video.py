"""Videos: captions and transcript before publication, the player's page, and the steps that they explain."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from govtech import clock
from govtech.audit.models import AuditEvent
from govtech.errors import DomainError, TransitionError
from govtech.files.models import StoredFile
from govtech.policies import allows
from govtech.programme import places
from govtech.programme.actions import video as actions
from govtech.programme.calculations import chapters, webvtt
from govtech.programme.models import Video, VideoStatus
from govtech.programme.models.video import VIDEO_TRANSITIONS
from govtech.programme.policies import content as policies
from tests import people
from tests.challenges import factories as calls
from tests.programme import factories
from tests.programme.factories import CAPTIONS, film
from tests.visits import body

SRT = "1\n00:00:01,000 --> 00:00:02,000\nHola\n"
HEAD = "WEBVTT\n\n"
CUE = "00:01.000 --> 00:02.000\nHola\n"


# Captions and chapters -----------------------------------------------------------------------------------


def test_captions_of_every_form_are_read() -> None:
    text = (
        "\ufeffWEBVTT - Título\r\nKind: captions\r\n\r\nNOTE de quien transcribe\r\nen dos líneas\r\n\r\n"
        "uno\r\n00:01.000 --> 00:02.000 line:85% align:start\r\n<v Ana García>Hola, <i>ciudad</i>\r\n\r\n"
        "00:00:02.500 --> 01:00:03.000\r\n<00:00:02.700><c.loud>[Música]</c> 3 &lt; 4\r\n"
    )

    cues = webvtt.read(text)

    assert [(cue.begins, cue.ends) for cue in cues] == [(1000, 2000), (2500, 3_603_000)]
    assert webvtt.words_of(cues) == "Hola, ciudad [Música] 3 &lt; 4"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "WEBVTT"),
        ("Hola", "WEBVTT"),
        ("WEBVTTX\n\n" + CUE, "WEBVTT"),
        (SRT, "SRT"),
        (HEAD, "no hay palabras"),
        (HEAD + "NOTE nada\n", "no hay palabras"),
        (HEAD + "00:01.000 --> 00:02.000\n", "Línea 3"),
        (HEAD + "00:02.000 --> 00:01.000\nHola\n", "Línea 3"),
        (HEAD + "00:01.000 --> 00:01.000\nHola\n", "Línea 3"),
        (HEAD + "0:01.000 --> 0:02.000\nHola\n", "Línea 3"),
        (HEAD + "00:01,000 --> 00:02,000\nHola\n", "Línea 3"),
        (HEAD + "00:61.000 --> 00:62.000\nHola\n", "Línea 3"),
        (HEAD + "nombre\n", "Línea 4"),
        (HEAD + CUE + CUE, "línea en blanco"),
        (HEAD + CUE + "\n00:00.500 --> 00:03.000\nTarde\n", "Línea 6"),
        (HEAD + "01:00.000 --> 01:02.000\nHola\n", "final del vídeo"),
        (HEAD + "00:01.000 --> 00:02.000 colour:red\nHola\n", "colour:red"),
        (HEAD + "00:01.000 --> 00:02.000\n<script>x</script>\n", "<script>"),
        (HEAD + "00:01.000 --> 00:02.000\n<b>Hola\n", "<b>"),
        (HEAD + "00:01.000 --> 00:02.000\nHola</i>\n", "</i>"),
        (HEAD + "00:01.000 --> 00:02.000\n3 < 4\n", "&lt;"),
        ("WEBVTT\n\nSTYLE\n::cue { color: red }\n\n" + CUE, "estilos"),
        (HEAD + "00:01.000 --> 00:02.000\nHo\x00la\n", "no son texto"),
        (HEAD + CUE + "\n" + "x" * 300_001, "más largos"),
    ],
)
def test_captions_that_players_could_not_read_are_refused(text: str, said: str) -> None:
    with pytest.raises(DomainError) as caught:
        webvtt.read(text, seconds=60)

    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0:05 Inicio", "0:00"),
        ("0:00 Inicio\n0:00 Otra vez", "Línea 2"),
        ("0:00 Inicio\nNada", "Línea 2"),
        ("0:00 Inicio\n1:75 Nada", "Línea 2"),
        ("0:00 Inicio\n9:00 Después", "final del vídeo"),
        ("0:00 | Start", "80"),
        ("0:00 " + "a" * 81, "80"),
        ("0:00 a --> b", "80"),
        ("\n".join(f"0:{n:02} Parte" for n in range(41)), "40"),
    ],
)
def test_chapters_that_do_not_fit_are_refused(text: str, said: str) -> None:
    with pytest.raises(DomainError) as caught:
        chapters.read(text, seconds=120)

    assert said in str(caught.value)


def test_chapters_are_a_track_that_is_itself_well_formed() -> None:
    found = chapters.read("0:00 Inicio | Start\n\n0:05 Cifras <1>", seconds=18)

    cues = webvtt.read(chapters.as_webvtt(found, 18, english=True), seconds=18)

    assert [(cue.begins, cue.ends, cue.text) for cue in cues] == [
        (0, 5000, "Start"),
        (5000, 18000, "Cifras &lt;1&gt;"),
    ]


# Who may, and states -------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


def in_state(status: VideoStatus) -> Video:
    made = factories.video(publish=status != VideoStatus.DRAFT)
    return actions.withdraw(made, by=people.officer(), at=clock.now()) if status == VideoStatus.WITHDRAWN else made


@pytest.mark.parametrize("status", VideoStatus)
def test_each_move_is_allowed_or_refused_by_the_table(status: VideoStatus) -> None:
    by = people.officer()
    for wanted, act in ((VideoStatus.PUBLISHED, actions.publish), (VideoStatus.WITHDRAWN, actions.withdraw)):
        row = in_state(status)
        if wanted in VIDEO_TRANSITIONS[status]:
            assert act(row, by=by, at=clock.now()).status == wanted
        else:
            with pytest.raises(TransitionError):
                act(row, by=by, at=clock.now())


def test_officers_keep_videos_and_nobody_else() -> None:
    row = factories.video()
    for other in (people.director(), people.auditor(), people.person(), people.administrator()):
        for refused in (
            lambda other=other: actions.save_video(None, title="x", summary="y", by=other, at=clock.now()),
            lambda other=other: actions.withdraw(row, by=other, at=clock.now()),
        ):
            with pytest.raises(PermissionDenied):
                refused()
        assert not allows(policies.check_can_write, by=other)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"captions": ""}, "captions"), ({"transcript": ""}, "transcript"), ({"file": False}, "file"),
     ({"file": False, "external_url": "https://example.test/a.mp4"}, "seconds"),
     ({"captions": HEAD + "02:00.000 --> 02:01.000\nTarde\n"}, "captions"),
     ({"chapters": "0:00 A\n5:00 B"}, "chapters")],
)  # fmt: skip
def test_nothing_is_published_without_captions_transcript_and_picture(changes: dict[str, Any], field: str) -> None:
    row = factories.video(publish=False, **changes)

    with pytest.raises(DomainError) as caught:
        actions.publish(row, by=people.officer(), at=clock.now())

    assert caught.value.field == field
    row.refresh_from_db()
    assert row.status == VideoStatus.DRAFT


def test_what_is_published_stays_whole() -> None:
    row = factories.video()

    with pytest.raises(DomainError):
        actions.save_video(row, captions="", by=people.officer(), at=clock.now())

    row.refresh_from_db()
    assert row.captions == CAPTIONS


@pytest.mark.parametrize(
    "change",
    ["captions = ''", "transcript = ''", "file_id = NULL", "seconds = NULL", "published_at = NULL", "seconds = 0",
     "status = 'hidden'", "external_url = 'https://example.test/x.mp4'",
     "file_id = NULL, external_url = 'http://example.test/x.mp4'"],
)  # fmt: skip
def test_the_database_refuses_what_must_not_be(change: str) -> None:
    row = factories.video()

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE programme_video SET {change} WHERE id = %s", [row.pk])


def test_each_change_is_on_record_and_names_what_changed() -> None:
    row, by = factories.video(), people.officer()

    actions.save_video(row, title="Otro", by=by, at=clock.now())
    actions.save_video(row, title="Otro", by=by, at=clock.now())  # nothing new
    actions.withdraw(row, by=by, at=clock.now())

    events = AuditEvent.objects.filter(target_label="programme.video", target_id=str(row.pk)).order_by("pk")
    assert [event.kind for event in events] == ["video.made", "video.published", "video.changed", "video.withdrawn"]
    assert events[2].fields == ["title"]


def test_another_file_takes_the_place_of_the_first(django_capture_on_commit_callbacks: Any) -> None:
    row, by = factories.video(), people.officer()
    first = row.file

    with django_capture_on_commit_callbacks(execute=True):
        row = actions.save_video(row, external_url="https://example.test/a.mp4", seconds=30, by=by, at=clock.now())

    assert (row.file, row.seconds, row.host) == (None, 30, "example.test")
    assert not StoredFile.objects.filter(pk=first.pk).exists()
    assert not first.location.exists()


# Pages ---------------------------------------------------------------------------------------------------


def test_everybody_sees_what_is_published_and_the_office_the_rest(client: Client) -> None:
    shown, hidden = factories.video(title="Visible"), factories.video(title="Oculto", publish=False)
    paths = [
        hidden.get_absolute_url(),
        f"{hidden.get_absolute_url()}archivo/{hidden.file.public_id}/",
        f"{hidden.get_absolute_url()}captions-es.vtt",
    ]

    assert "Oculto" not in client.get("/videos/").content.decode()
    assert client.get(shown.get_absolute_url()).status_code == 200
    for user in (None, people.person(), people.director(), people.auditor()):
        if user:
            client.force_login(user)
        assert [client.get(path).status_code for path in paths] == [404, 404, 404]
    client.force_login(people.officer())
    assert [client.get(path).status_code for path in paths] == [200, 200, 200]


def test_the_page_has_captions_chapters_and_transcript(client: Client) -> None:
    row = factories.video(transcript="Dice **hola** <script>x</script>", transcript_en="It says hello")

    html = client.get(row.get_absolute_url()).content.decode()

    assert '<track kind="captions"' in html
    assert 'srclang="es" label="Español" default' in html
    assert "<strong>hola</strong>" in html
    assert "<script>x" not in html
    assert 'data-seek="5"' in html
    assert client.get(f"{row.get_absolute_url()}captions-es.vtt").content.decode() == CAPTIONS
    track = client.get(f"{row.get_absolute_url()}chapters-es.vtt")
    assert track.headers["Content-Type"] == "text/vtt; charset=utf-8"
    assert "Cifras" in track.content.decode()
    english = client.get(f"/en{row.get_absolute_url()}").content.decode()
    assert "It says hello" in english


@pytest.mark.parametrize("track", ["captions-en", "captions-fr", "other-es"])
def test_tracks_that_are_not_there_are_not_found(client: Client, track: str) -> None:
    row = factories.video()

    assert client.get(f"{row.get_absolute_url()}{track}.vtt").status_code == 404


def test_the_file_is_sent_in_parts_under_its_own_address(client: Client) -> None:
    row = factories.video()
    path = f"{row.get_absolute_url()}archivo/{row.file.public_id}/"

    answer = client.get(path, headers={"range": "bytes=10-19"})

    assert (answer.status_code, body(answer)) == (206, film()[10:20])
    assert "public" in answer.headers["Cache-Control"]
    assert client.get(f"{row.get_absolute_url()}archivo/222222222222/").status_code == 404


def test_what_lies_elsewhere_is_not_asked_for_before_a_click(client: Client) -> None:
    row = factories.video(file=False, external_url="https://videos.example.test/a.mp4", seconds=20)

    before, elsewhere = client.get(row.get_absolute_url()), client.get(f"{row.get_absolute_url()}?play=otro.test")
    after = client.get(f"{row.get_absolute_url()}?play=videos.example.test")

    for answer in (before, elsewhere):
        assert "<video" not in answer.content.decode()
        assert "https://videos.example.test" not in answer.content.decode()
        assert "videos.example.test" not in answer.headers["Content-Security-Policy"]
    assert 'src="https://videos.example.test/a.mp4"' in after.content.decode()
    assert "media-src 'self' https://videos.example.test;" in after.headers["Content-Security-Policy"] + ";"
    assert 'kind="captions"' in after.content.decode()


def test_pages_take_the_same_queries_with_one_video_and_with_many(
    client: Client, django_assert_num_queries: Any
) -> None:
    row = factories.video()
    client.get("/videos/")
    with django_assert_num_queries(1):
        client.get("/videos/")
    with django_assert_num_queries(1):
        client.get(row.get_absolute_url())
    for number in range(8):
        factories.video(title=f"Otro {number}")
    with django_assert_num_queries(1):
        client.get("/videos/")


def test_places_are_the_steps_of_both_forms() -> None:
    keys = {key for _form, steps in places.choices() for key, _label in steps}

    assert {"challenge.problem", "challenge.calendar", "proposal.solution", "proposal.price"} <= keys
    assert places.label_of("proposal.price") == "Escribir una propuesta: Precio"
    assert places.label_of("gone") == "gone"


def test_a_video_stands_at_the_step_it_explains(client: Client) -> None:
    draft = calls.draft_challenge()
    client.force_login(people.delegate(draft.department))
    factories.video(title="Bien contado", places=["challenge.problem"])
    factories.video(title="Sin publicar", places=["challenge.problem"], publish=False)
    factories.video(
        title="En otra parte",
        places=["challenge.outcome"],
        file=False,
        external_url="https://example.test/a.mp4",
        seconds=9,
    )

    problem = client.get(_step(draft, "problem")).content.decode()
    outcome = client.get(_step(draft, "outcome")).content.decode()

    assert "Bien contado" in problem
    assert "Sin publicar" not in problem
    assert 'preload="none"' in problem
    assert "En otra parte" in outcome
    assert "https://example.test" not in outcome
    assert "Bien contado" not in outcome


def _step(draft: Any, key: str) -> str:
    return reverse("challenges:step", kwargs={"public_id": draft.public_id, "key": key})


# The Office's forms --------------------------------------------------------------------------------------


def typed(**changes: Any) -> dict[str, Any]:
    values = {
        "title": "Un vídeo",
        "summary": "Explica algo.",
        "order": "10",
        "captions": CAPTIONS,
        "transcript": "Hola",
    }
    return {**values, **changes}


def test_a_video_is_added_changed_and_published_by_forms(client: Client) -> None:
    client.force_login(people.officer())
    vtt = SimpleUploadedFile("es.vtt", CAPTIONS.encode())
    sent = typed(
        upload=SimpleUploadedFile("f.webm", film()), captions="", captions_file=vtt, places=["challenge.problem"]
    )

    answer = client.post("/contenidos/videos/nuevo/", sent)

    row = Video.objects.get()
    assert answer.headers["Location"] == row.get_absolute_url() == "/videos/un-video/"
    assert (row.seconds, row.captions, row.places, row.file.content_type) == (
        18,
        CAPTIONS,
        ["challenge.problem"],
        "video/webm",
    )
    client.post(f"/contenidos/videos/{row.public_id}/publicar/")
    client.post(f"/contenidos/videos/{row.public_id}/", typed(title="Otro título"))
    row.refresh_from_db()
    assert (row.title, row.slug, row.status, row.seconds) == ("Otro título", "un-video", "published", 18)
    assert "Otro título" in client.get("/contenidos/").content.decode()
    client.post(f"/contenidos/videos/{row.public_id}/retirar/")
    row.refresh_from_db()
    assert row.status == "withdrawn"


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"captions": SRT}, "captions", "SRT"),
        ({"chapters": "hola"}, "chapters", "Línea 1"),
        ({"external_url": "http://example.test/a.mp4"}, "external_url", "https://"),
        ({"seconds": "3,45"}, "seconds", "3:45"),
        ({"seconds": "99:59:59"}, "seconds", "3:45"),
        ({"places": ["nowhere"]}, "places", "nowhere"),
        ({"title": ""}, "title", "Rellena"),
        ({"title": "a" * 121}, "title", "120"),
        ({"order": "-1"}, "order", "0"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(
    client: Client, changes: dict[str, Any], field: str, said: str
) -> None:
    client.force_login(people.officer())

    answer = client.post("/contenidos/videos/nuevo/", typed(**changes))

    assert answer.status_code == 422
    assert said in str(answer.context["form"].errors[field])
    assert "Explica algo." in answer.content.decode()
    assert not Video.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "field"),
    [("upload", b"MZ programa", "upload"), ("captions_file", b"\xff\xfe\x00", "captions_file"),
     ("captions_file", b"x" * 400_001, "captions_file"), ("captions_en_file", SRT.encode(), "captions_en")],
)  # fmt: skip
def test_files_that_are_something_else_are_refused(client: Client, name: str, content: bytes, field: str) -> None:
    client.force_login(people.officer())

    answer = client.post("/contenidos/videos/nuevo/", typed(**{name: SimpleUploadedFile("a.mp4", content)}))

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not StoredFile.objects.exists()


def test_both_a_file_and_an_address_are_too_many(client: Client) -> None:
    client.force_login(people.officer())
    upload = SimpleUploadedFile("f.webm", film())

    answer = client.post("/contenidos/videos/nuevo/", typed(upload=upload, external_url="https://example.test/a.mp4"))

    assert answer.status_code == 422
    assert "external_url" in answer.context["form"].errors


def test_two_videos_with_the_same_title_have_two_addresses() -> None:
    assert [factories.video().slug for _ in range(3)] == [
        "contar-bien-un-problema",
        "contar-bien-un-problema-2",
        "contar-bien-un-problema-3",
    ]
