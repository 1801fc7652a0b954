"""Courses and sessions of the demonstration: held, being held, full with people who wait, prepared."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from govtech.programme.actions import attendance, registration, training
from govtech.programme.models import Attendance, Audience, Course, Requirement, Topic, TrainingSession
from pilots.management.demo.calls import Stage
from pilots.management.demo.replay import Story

CAME, MISSED = Attendance.PRESENT.value, Attendance.ABSENT.value
DELEGATES = ("delegada", "delegado2", "delegada3", "delegado4")
CHALLENGE, REVIEW, MEASURE = "reto", "valorar", "medir"
COURSES = {
    CHALLENGE: {
        "title": "Escribir un buen reto",
        "title_en": "Writing a good challenge",
        "summary": "Del problema a la convocatoria: qué duele y a quién, qué resultado se espera, con qué se mide y qué "
        "pone cada parte. Se sale con un borrador propio revisado.",
        "summary_en": "From the problem to the call: what hurts and whom, what is expected, how it is measured and what "
        "each side brings. You leave with a draft of your own, reviewed.",
        "topic": Topic.GOVTECH,
        "audiences": [Audience.DELEGATES.value, Audience.STAFF.value],
        "hours": Decimal("3.0"),
        "requirement": Requirement.ADVICE,
        "valid_months": 24,
    },
    REVIEW: {
        "title": "Valorar propuestas con justicia",
        "title_en": "Judging proposals fairly",
        "summary": "Puntuar de 0 a 5 con razones que se puedan leer, ver los propios sesgos, declarar conflictos y "
        "acordar en sesión. Con propuestas inventadas.",
        "summary_en": "Scoring from 0 to 5 with reasons that can be read, seeing one's own bias, declaring conflicts "
        "and agreeing in session. With invented proposals.",
        "topic": Topic.GOVTECH,
        "audiences": [Audience.REVIEWERS.value, Audience.OFFICE.value],
        "hours": Decimal("2.0"),
        "requirement": Requirement.NONE,
        "valid_months": None,
    },
    MEASURE: {
        "title": "Medir un piloto",
        "title_en": "Measuring a pilot",
        "summary": "Elegir dos o tres indicadores, tomar el valor de partida antes de empezar y decidir con datos si se "
        "extiende, se repite o se deja.",
        "summary_en": "",
        "topic": Topic.OPEN_INNOVATION,
        "audiences": [Audience.DELEGATES.value, Audience.STAFF.value],
        "hours": Decimal("1.5"),
        "requirement": Requirement.NONE,
        "valid_months": None,
    },
}  # fmt: skip


def all_stories(stage: Stage) -> Iterator[Story]:
    """Return what happens in training."""
    yield held_long_ago(stage)
    yield reviewers_held(stage)
    yield to_be_noted(stage)
    yield full(stage)
    yield cancelled(stage)


def _course(stage: Stage, key: str, *, at: datetime) -> Course:
    """Return a course, written the first time it is asked for."""
    found = Course.objects.filter(title=COURSES[key]["title"]).first()
    return found or training.save_course(None, by=stage.cast["oficina"], at=at, is_offered=True, **COURSES[key])


def _planned(
    stage: Stage, key: str, begins: datetime, *, seats: int, at: datetime, trainer: str, place: str, link: str = ""
) -> TrainingSession:
    course = _course(stage, key, at=at)
    return training.plan(
        course,
        starts_at=begins,
        ends_at=begins + timedelta(minutes=int(course.hours * 60)),
        registration_closes_at=begins - timedelta(hours=18),
        place=place,
        link=link,
        capacity=seats,
        practical="Trae un portátil. Hay enchufes y wifi." if place else "La sala se abre diez minutos antes.",
        trainers=[stage.cast[trainer]],
        by=stage.cast["oficina"],
        at=at,
    )


def _held(
    stage: Stage, session: TrainingSession, came: dict[str, str], said: Iterable[tuple[str, int, int, str]]
) -> Story:
    """Take attendance as it ends, close it, and let people say what they thought."""
    at = session.ends_at
    yield at
    rows = {row.user.email.split("@")[0]: row for row in session.registrations.seated().select_related("user")}
    seen = {rows[account].public_id: ("", outcome) for account, outcome in came.items()}
    trainer = session.trainers.get()
    attendance.mark(session, seen=seen, by=trainer, at=at)
    attendance.close(session, by=trainer, at=at)
    session.refresh_from_db()
    for hours, (account, usefulness, clarity, comment) in enumerate(said, start=1):
        at = session.ends_at + timedelta(hours=hours)
        yield at
        attendance.give_feedback(
            session, usefulness=usefulness, clarity=clarity, comment=comment, by=stage.cast[account], at=at
        )


def _registered(stage: Stage, session: TrainingSession, accounts: Iterable[str], first: datetime) -> Story:
    for number, account in enumerate(accounts):
        at = first + timedelta(minutes=37 * number)
        yield at
        registration.register(session, by=stage.cast[account], at=at)


def held_long_ago(stage: Stage) -> Story:
    """Three delegates of four learnt to write a challenge; one didn't come."""
    at = stage.days.on(-330, 9)
    yield at
    begins = stage.days.on(-310, 10)
    session = _planned(stage, CHALLENGE, begins, seats=20, at=at, trainer="oficina2", place="Aula 2, calle Alcalá, 45")
    by = stage.cast["oficina"]
    training.publish(session, by=by, at=at)
    training.invite(session, audiences=[Audience.DELEGATES.value], by=by, at=at)
    yield from _registered(stage, session, DELEGATES, stage.days.on(-325, 10))
    at = stage.days.on(-312, 12)
    yield at
    guide = SimpleUploadedFile("guion.csv", b"apartado;pregunta\nproblema;A quien le duele\n", content_type="text/csv")
    training.add_material(session, title="Preguntas para un buen reto", upload=guide, by=by, at=at)
    training.send_materials(session, by=by, at=at)
    came = dict.fromkeys(DELEGATES, CAME) | {"delegado4": MISSED}
    said = [
        ("delegada", 5, 4, "Más tiempo para el borrador propio."),
        ("delegado2", 4, 5, ""),
        ("delegada3", 5, 5, "Los ejemplos de distritos, muy útiles."),
    ]
    yield from _held(stage, session, came, said)


def reviewers_held(stage: Stage) -> Story:
    """Members of panels met online, invited by their addresses."""
    at = stage.days.on(-60, 9)
    yield at
    begins = stage.days.on(-45, 16)
    link = "https://videollamada.example/formacion"
    session = _planned(stage, REVIEW, begins, seats=30, at=at, trainer="evaluador3", place="", link=link)
    by = stage.cast["oficina2"]
    training.publish(session, by=by, at=at)
    reviewers = ("evaluador1", "evaluador2", "evaluador4")
    people = [stage.cast[each] for each in reviewers]
    training.invite(session, audiences=[Audience.REVIEWERS.value], people=people, by=by, at=at)
    yield from _registered(stage, session, reviewers, stage.days.on(-55, 9))
    said = [("evaluador2", 4, 4, "")]
    yield from _held(stage, session, {"evaluador1": CAME, "evaluador2": CAME, "evaluador4": CAME}, said)


def to_be_noted(stage: Stage) -> Story:
    """A session of yesterday: the trainer hasn't noted everybody yet."""
    at = stage.days.on(-20, 9)
    yield at
    begins = stage.days.on(-1, 9, 30)
    place = "Biblioteca Iván de Vargas, calle San Justo, 5"
    session = _planned(stage, MEASURE, begins, seats=12, at=at, trainer="evaluador3", place=place)
    by = stage.cast["oficina"]
    training.publish(session, by=by, at=at)
    training.invite(
        session, audiences=[Audience.DELEGATES.value], people=[stage.cast["evaluador1"]],
        addresses=["servicio.parques@ayuntamiento.example"], by=by, at=at,
    )  # fmt: skip
    yield from _registered(stage, session, (*DELEGATES, "evaluador1"), stage.days.on(-15, 11))
    at = session.starts_at + timedelta(minutes=10)
    yield at
    row = session.registrations.seated().get(user=stage.cast["delegado2"])
    attendance.mark(session, seen={row.public_id: ("", CAME)}, by=stage.cast["evaluador3"], at=at)


def full(stage: Stage) -> Story:
    """The next session has no seat left: one waits; somebody asks; the one after is being prepared."""
    at = stage.days.on(-9, 9)
    yield at
    begins = stage.days.on(9, 10)
    session = _planned(stage, CHALLENGE, begins, seats=3, at=at, trainer="oficina2", place="Aula 2, calle Alcalá, 45")
    by = stage.cast["oficina"]
    training.publish(session, by=by, at=at)
    people = [stage.cast[each] for each in ("evaluador1", "evaluador2")]
    training.invite(session, audiences=[Audience.DELEGATES.value], people=people, by=by, at=at)
    yield from _registered(
        stage, session, ("delegado4", "evaluador1", "delegada", "evaluador2", "delegado2"), stage.days.on(-8, 10)
    )
    at = stage.days.on(-5, 9)
    yield at
    own = session.registrations.get(user=stage.cast["evaluador1"])
    registration.leave(own, by=stage.cast["evaluador1"], at=at)  # evaluador2 moves up
    yield from _before(stage, session)


def _before(stage: Stage, session: TrainingSession) -> Story:
    """A paper, questions, one of them open, and the sessions that come after."""
    by = stage.cast["oficina"]
    at = stage.days.on(-4, 12)
    yield at
    training.add_material(session, title="Guía de retos", url="https://guia.example/retos", by=by, at=at)
    first = training.ask(session, text="¿Puedo llevar un borrador ya enviado?", by=stage.cast["delegado4"], at=at)
    at += timedelta(hours=3)
    yield at
    training.answer(first, text="Sí: mejor si ya tiene comentarios de la Oficina.", by=stage.cast["oficina2"], at=at)
    at = stage.days.on(-1, 13)
    yield at
    training.ask(session, text="¿Se puede seguir a distancia?", by=stage.cast["delegada"], at=at)
    link = "https://videollamada.example/retos"
    after = stage.days.on(30, 16)
    online = _planned(stage, REVIEW, after, seats=40, at=at, trainer="evaluador3", place="", link=link)
    training.publish(online, by=by, at=at)
    _planned(stage, MEASURE, stage.days.on(45, 10), seats=15, at=at, trainer="oficina2", place="Aula 1")


def cancelled(stage: Stage) -> Story:
    """A session that wasn't held."""
    at = stage.days.on(-150, 9)
    yield at
    begins = stage.days.on(-135, 10)
    session = _planned(stage, MEASURE, begins, seats=12, at=at, trainer="evaluador3", place="Aula 1")
    by = stage.cast["oficina"]
    training.publish(session, by=by, at=at)
    yield from _registered(stage, session, ("delegada",), stage.days.on(-147, 10))
    at = stage.days.on(-140, 10)
    yield at
    training.cancel(session, reason="El aula no está disponible por obras.", by=by, at=at)
