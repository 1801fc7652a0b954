"""Courses and sessions; videos."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from govtech import clock
from govtech.accounts.models import User
from govtech.files.actions import check_video
from govtech.files.pictures import drawn
from govtech.programme.actions import article as articles
from govtech.programme.actions import attendance, registration, training
from govtech.programme.actions import video as videos
from govtech.programme.models import (
    Article,
    Attendance,
    Certificate,
    Course,
    Requirement,
    Topic,
    TrainingSession,
    Video,
)
from tests import people
from tests.files import samples


def course(*, by: User | None = None, **changes: Any) -> Course:
    """Return a course of two hours for delegates."""
    values = {
        "title": "Escribir un buen reto",
        "title_en": "",
        "summary": "Del problema a la convocatoria.",
        "summary_en": "",
        "topic": Topic.GOVTECH,
        "audiences": ["delegates"],
        "hours": Decimal("2.0"),
        "requirement": Requirement.NONE,
        "valid_months": None,
        "is_offered": True,
    }
    return training.save_course(None, by=by or people.officer(), at=clock.now(), **{**values, **changes})


def session(
    of: Course | None = None, *, by: User | None = None, publish: bool = True, **changes: Any
) -> TrainingSession:
    """Return a session in ten days, two hours long, with two seats, published unless said."""
    at, by = clock.now(), by or people.officer()
    begins = changes.pop("starts_at", at + timedelta(days=10))
    values = {
        "starts_at": begins,
        "ends_at": begins + timedelta(hours=2),
        "registration_closes_at": begins - timedelta(hours=1),
        "place": "Aula 2, calle Alcalá, 45",
        "link": "",
        "capacity": 2,
        "practical": "",
        "trainers": [],
    }
    made = training.plan(of or course(by=by), by=by, at=at, **{**values, **changes})
    return training.publish(made, by=by, at=at) if publish else made


def passed(user: User, of: Course) -> Certificate:
    """Return the certificate of somebody who came to a session of a course, held just now."""
    by = people.officer()
    made = session(of, by=by, starts_at=clock.now() + timedelta(hours=3), capacity=1)
    row = registration.register(made, by=user, at=clock.now())
    with clock.travel(made.starts_at):
        at = clock.now()
        attendance.mark(made, seen={row.public_id: ("", Attendance.PRESENT.value)}, by=by, at=at)
        attendance.close(made, by=by, at=at)
    return Certificate.objects.get(registration=row)


MEDIA = settings.BASE_DIR / "pilots" / "management" / "demo" / "media"
CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:02.000\nLa ciudad publica retos.\n"


def film() -> bytes:
    """Return a WebM of 18 seconds."""
    return (MEDIA / "problema.webm").read_bytes()


def video(*, by: User | None = None, publish: bool = True, file: bool = True, **changes: Any) -> Video:
    """Return a video with a file of ours, captions and transcript, published unless said."""
    by, at = by or people.officer(), clock.now()
    checked = check_video(SimpleUploadedFile("film.webm", film())) if file else None
    values = {
        "title": "Contar bien un problema",
        "summary": "Tres consejos.",
        "captions": CAPTIONS,
        "transcript": "La ciudad publica **retos**.",
        "chapters": "0:00 Inicio | Start\n0:05 Cifras | Figures",
    }
    made = videos.save_video(None, checked=checked, by=by, at=at, **{**values, **changes})
    return videos.publish(made, by=by, at=at) if publish else made


def article(
    *, kind: str = "news", by: User | None = None, publish: bool = True, picture: bool = False, **changes: Any
) -> Article:
    """Return a guide or a piece of news, public unless said."""
    by, at = by or people.officer(), clock.now()
    values = {"title": "Abre la convocatoria", "summary": "Tres retos nuevos.", "body": "## Qué hay\n\nTres **retos**."}
    made = articles.save_article(None, kind=kind, by=by, at=at, **{**values, **changes})
    if picture:
        upload = SimpleUploadedFile("a.png", samples.image())
        articles.add_picture(made, drawn(upload), alt="Un plano de la ciudad", by=by, at=at)
    return articles.publish(made, by=by, at=at) if publish else made
