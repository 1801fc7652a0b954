"""More rows for the lists of the programme, for tests that count queries."""

from itertools import count
from typing import Any

from govtech.programme.models import Certificate, Course, Feedback, Material, Registration, SessionQuestion
from tests.copies import copies, crowd, each_of, unchecked
from tests.participants import MORE
from tests.programme.access_programme import _session
from tests.world import World

_numbers = count(1)


def _world_session(world: World) -> Any:
    return Registration.objects.select_related("session").get(
        session__public_id=_session(world)["public_id"], user=world.person("delegate")
    )


def one_session(world: World) -> dict[str, str]:
    """Return the session of the access table, with a seat, an answered question and an opinion."""
    row = _world_session(world)
    SessionQuestion.objects.filter(session=row.session).update(
        answer="Sí.", answered_at=row.queued_at, answered_by=world.person("officer")
    )
    if not Feedback.objects.filter(registration=row).exists():
        Feedback.objects.create(registration=row, usefulness=4, clarity=4, comment="Bien", given_at=row.queued_at)
    return _session(world)


def sessions(world: World) -> None:
    """More sessions of more courses, each with a registration of the delegate and a certificate."""
    row = _world_session(world)
    courses = copies(row.session.course, MORE)
    made = copies(row.session, MORE, course=each_of(courses))
    copies(row.session, MORE, course=each_of(courses), status="closed")
    seats = copies(row, MORE, session=each_of(made))
    copies(Certificate.objects.get(registration=row), MORE, registration=each_of(seats))


def seats(world: World) -> None:
    """More people, people who wait, certificates, materials, questions and opinions of one session."""
    row = _world_session(world)
    with unchecked():
        made = copies(row, MORE, user=each_of(crowd(MORE)))
    copies(row, MORE, user=each_of(crowd(MORE)), status="waiting")
    copies(Certificate.objects.get(registration=row), MORE, registration=each_of(made))
    copies(Feedback.objects.get(registration=row), MORE, registration=each_of(made))
    copies(Material.objects.filter(session=row.session)[0], MORE)
    copies(SessionQuestion.objects.filter(session=row.session)[0], MORE)


def one_course(world: World) -> dict[str, str]:
    """See that there is a course."""
    _session(world)
    assert Course.objects.exists()
    return {}
