"""What the Office and the departments do about calls that are open: an outage made good, answers, corrections."""

from collections.abc import Iterator
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from challenges.actions import correction as corrections
from challenges.actions import incident as incidents
from challenges.actions import question as questions
from challenges.models import Challenge, Question
from pilots.management.demo.calls import Stage
from pilots.management.demo.replay import Story


def all_stories(stage: Stage) -> Iterator[Story]:
    """Return what happens to calls that are open these days."""
    yield outage(stage)
    yield answers(stage)
    yield annex(stage)


def outage(stage: Stage) -> Story:
    """Two hours without service two days ago, after the calls of that day closed: what was running moves."""
    began_at = stage.days.on(-2, 16)
    at = began_at + timedelta(hours=2)
    yield at
    by = stage.cast["oficina2"]
    incident = incidents.record(
        began_at=began_at,
        ended_at=at,
        text="El portal no respondió entre las 16:00 y las 18:00 por un corte eléctrico en el centro de datos.",
        by=by,
        at=at,
    )
    at += timedelta(minutes=40)
    yield at
    incidents.apply(incident, by=by, at=at)


def answers(stage: Stage) -> Story:
    """A private matter is answered to who asked only; a published answer is corrected."""
    at = stage.days.on(-4, 12)
    yield at
    open_now = Challenge.objects.accepting().filter(questions_close_at__gt=at).order_by("-closes_at", "pk")
    challenge = open_now.first()
    if challenge is not None:
        private = questions.ask(
            challenge,
            text="Nuestra patente está en trámite. ¿Nos firmaríais un acuerdo de confidencialidad antes de la propuesta?",
            acting=stage.cast.organisations["alameda"].public_id,
            by=stage.cast["empresa2"],
        )
        by = stage.cast.delegate_of(challenge.department)
        at = stage.days.after(at, 1, 10)
        yield at
        questions.move_out(private, reason="Trata de un secreto de la empresa que pregunta.", by=by, at=at)
        questions.answer(
            private,
            text="No hace falta: la propuesta va cifrada y quien la valora tiene deber de secreto. Marca lo confidencial.",
            by=by,
            at=at,
        )
    at = stage.days.after(at, 1, 11)
    yield at
    rows = Question.objects.answered().filter(challenge__in=Challenge.objects.accepting())
    question = rows.select_related("challenge__department").order_by("-answered_at", "pk").first()
    if question is not None:
        questions.correct(
            question,
            text=f"{question.answer} El documento con el detalle se ha añadido a la convocatoria.",
            reason="Faltaba decir dónde está el detalle.",
            by=stage.cast.delegate_of(question.challenge.department),
            at=at,
        )


def annex(stage: Stage) -> Story:
    """A document is added to an open call, as a correction."""
    at = stage.days.on(-2, 13)
    yield at
    rows = Question.objects.answered().filter(challenge__in=Challenge.objects.accepting())
    question = rows.select_related("challenge").order_by("-answered_at", "pk").first()
    if question is not None:
        corrections.correct_document(
            question.challenge,
            upload=SimpleUploadedFile("detalle.csv", b"semana;avisos\n1;12\n2;9\n3;15\n", content_type="text/csv"),
            title="Detalle por semanas",
            reason="Lo pedía una pregunta.",
            by=stage.cast["oficina"],
            at=at,
        )
