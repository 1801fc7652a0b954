"""Courses and sessions."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from govtech import clock
from govtech.accounts.models import User
from govtech.programme.actions import attendance, registration, training
from govtech.programme.models import Attendance, Certificate, Course, Requirement, Topic, TrainingSession
from tests import people


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
