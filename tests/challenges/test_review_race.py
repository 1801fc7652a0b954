"""Two people do the same thing at the same instant, on two connections: it happens once."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from challenges.actions import incident as incidents
from challenges.actions import question as questions
from challenges.actions import review
from challenges.models import Challenge, IncidentEffect, Question, Review
from govtech import clock
from govtech.errors import DomainError
from tests import people
from tests.challenges import factories

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 6


def at_once(act: Callable[[int], Any]) -> list[str]:
    """Let many act at the same instant; return "done" or "refused" for each."""
    barrier = threading.Barrier(MANY)
    outcomes: list[str] = []

    def run(number: int) -> None:
        try:
            barrier.wait(30)
            act(number)
            outcomes.append("done")
        except DomainError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(outcomes)


def test_one_of_many_officers_gets_the_challenge() -> None:
    challenge, officers = factories.submitted_challenge(), [people.officer() for _ in range(MANY)]

    outcomes = at_once(lambda number: review.take(challenge, by=officers[number], at=clock.now()))

    assert outcomes == ["done", *["refused"] * (MANY - 1)]
    assert Review.objects.get(challenge=challenge).reviewer in officers


def test_an_outage_is_made_good_once_however_many_press() -> None:
    challenge, officers = factories.open_challenge(), [people.officer() for _ in range(MANY)]
    began_at = clock.now()
    incident = incidents.record(
        began_at=began_at, ended_at=began_at + timedelta(seconds=1), text="Sin servicio.", by=officers[0],
        at=began_at + timedelta(seconds=2),
    )  # fmt: skip

    outcomes = at_once(
        lambda number: incidents.apply(incident, by=officers[number], at=began_at + timedelta(seconds=3))
    )

    assert outcomes == ["done", *["refused"] * (MANY - 1)]
    assert IncidentEffect.objects.filter(incident=incident, term="closes_at").count() == 1
    assert Challenge.objects.get(pk=challenge.pk).corrections.filter(field="closes_at").count() == 1


def test_an_answer_is_published_once() -> None:
    challenge = factories.open_challenge()
    question = questions.ask(challenge, text="¿Cuántos?", by=people.person())
    officers = [people.officer() for _ in range(MANY)]

    outcomes = at_once(
        lambda number: questions.answer(question, text=f"Respuesta {number}", by=officers[number], at=clock.now())
    )

    assert outcomes == ["done", *["refused"] * (MANY - 1)]
    assert Question.objects.get().answer.startswith("Respuesta")
