"""Incidents: what an outage touched, one rule for all, once, told once; and that two of them add up."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client

from challenges.actions import incident as actions
from challenges.actions import lifecycle
from challenges.models import Challenge, Correction, CorrectionKind, Incident, IncidentEffect, Status
from challenges.policies import incident as policies
from challenges.templatetags.challenge_tags import outage as outage_words
from govtech import clock
from govtech.audit.models import AuditEvent
from govtech.errors import DomainError, TransitionError
from govtech.notifications.models import Notice
from govtech.reference.calculations.calendar import is_working_day
from govtech.reference.models import Holiday
from tests import people
from tests.challenges import factories

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
ZONE = ZoneInfo(settings.TIME_ZONE)


@pytest.fixture
def challenge() -> Iterator[Challenge]:
    """A call that takes proposals, seen an hour before it closes."""
    found = factories.open_challenge()
    with clock.travel(found.closes_at - HOUR):
        yield found


def outage(began_at: datetime, hours: float = 2, text: str = "Se cayó la base de datos.") -> Incident:
    """Record an outage that began then, as soon as it is over."""
    ended_at = began_at + hours * HOUR
    return actions.record(
        began_at=began_at, ended_at=ended_at, text=text, by=people.officer(), at=max(ended_at, clock.now())
    )


def applied(incident: Incident, at: datetime | None = None) -> list[IncidentEffect]:
    at = at or max(incident.ended_at, clock.now())
    with clock.travel(at):
        return actions.apply(incident, by=people.officer(), at=at)


def test_a_deadline_that_passed_during_the_outage_gets_a_working_day_at_its_hour(challenge: Challenge) -> None:
    old = challenge.closes_at
    incident = outage(old - HOUR, hours=3)

    effects = applied(incident)

    challenge.refresh_from_db()
    new = challenge.closes_at
    assert new - old >= 3 * HOUR
    assert is_working_day(clock.local_date(new), Holiday.objects.dates())
    assert (new.astimezone(ZONE).hour, new.astimezone(ZONE).minute) == (14, 0)
    assert [(effect.term, effect.old, effect.new) for effect in effects] == [("closes_at", old, new)]
    notices = list(Correction.objects.filter(challenge=challenge).order_by("number"))
    assert [row.field for row in notices] == ["closes_at", "calendar"]
    assert {row.kind for row in notices} == {CorrectionKind.INCIDENT}
    assert all("base de datos" in row.reason for row in notices)
    assert AuditEvent.objects.filter(kind="incident.applied").count() == 1


def test_questions_and_answers_move_by_the_same_rule_and_the_later_days_with_the_closing() -> None:
    challenge = factories.open_challenge()
    before = Challenge.objects.get(pk=challenge.pk)
    with clock.travel(challenge.questions_close_at - HOUR):
        incident = outage(clock.now(), hours=2)
        terms = {effect.term for effect in applied(incident)}

    challenge.refresh_from_db()
    assert terms == {"questions_close_at", "answers_due_at", "closes_at"}
    for term in terms:
        assert getattr(challenge, term) - getattr(before, term) >= 2 * HOUR
    for term in ("evaluation_until", "award_until", "pilot_starts_on"):
        assert getattr(challenge, term) > getattr(before, term)
    assert challenge.questions_close_at < challenge.answers_due_at < challenge.closes_at


@pytest.mark.parametrize(
    ("began", "touched"),
    [(timedelta(seconds=-1), True), (timedelta(), False), (timedelta(hours=1), False)],
)
def test_a_deadline_is_touched_if_it_had_not_expired_when_the_outage_began(
    challenge: Challenge, began: timedelta, touched: bool
) -> None:
    incident = outage(challenge.closes_at + began)

    found = policies.moves(incident, at=incident.ended_at)

    assert bool(found) is touched
    if not touched:
        with pytest.raises(DomainError, match="ningún plazo"):
            actions.apply(incident, by=people.officer(), at=incident.ended_at)


@pytest.mark.parametrize("status", [Status.EVALUATING, Status.CANCELLED])
def test_opened_and_cancelled_calls_stay(challenge: Challenge, status: Status) -> None:
    incident = outage(challenge.closes_at - HOUR)
    with factories.unfunded():
        Challenge.objects.filter(pk=challenge.pk).update(status=status)

    assert not policies.moves(incident, at=incident.ended_at)


def test_a_call_that_opened_after_the_outage_stays() -> None:
    challenge = factories.open_challenge()

    incident = outage(challenge.opens_at - 3 * HOUR, hours=2)

    assert not policies.moves(incident, at=clock.now())


def test_questions_run_from_the_publication_on_before_the_call_opens() -> None:
    challenge = factories.published_challenge()  # public now, opens tomorrow or later
    at = clock.now()
    with clock.travel(at + 3 * HOUR):
        effects = applied(outage(at + HOUR, hours=1))

    assert {effect.term for effect in effects} == {"questions_close_at", "answers_due_at"}
    found = Challenge.objects.get(pk=challenge.pk)
    assert found.closes_at == challenge.closes_at
    assert challenge.questions_close_at < found.questions_close_at < found.closes_at
    assert [row.field for row in found.corrections.all()] == ["calendar"]
    kinds = set(Notice.objects.filter(recipient=challenge.created_by).values_list("kind", flat=True))
    assert "challenge.corrected" in kinds
    assert "challenge.deadline_extended" not in kinds


def test_the_span_of_two_outages_applied_already_moves_what_has_time_to_gain() -> None:
    challenge = factories.open_challenge()
    end = challenge.questions_close_at
    with clock.travel(end + 6 * HOUR):
        applied(outage(end + HOUR, hours=2, text="Después."))
        applied(outage(end - HOUR, hours=2, text="Antes."))
        middle = Challenge.objects.get(pk=challenge.pk)
        whole = outage(end - HOUR, hours=4, text="Todo.")
        assert {move.deadline.term for move in policies.moves(whole, at=clock.now())} == {"questions_close_at"}
        applied(whole)

    found = Challenge.objects.get(pk=challenge.pk)
    assert found.questions_close_at > middle.questions_close_at
    assert found.closes_at == middle.closes_at


def test_questions_never_go_past_a_closing_that_stays() -> None:
    challenge = factories.published_challenge()
    at = clock.now()
    with factories.unfunded():
        Challenge.objects.filter(pk=challenge.pk).update(
            questions_close_at=challenge.closes_at - 2 * HOUR, answers_due_at=challenge.closes_at - HOUR
        )
    with clock.travel(at + 3 * HOUR):
        effects = applied(outage(at + HOUR, hours=1))

    assert {effect.new for effect in effects} == {challenge.closes_at}


def test_what_has_expired_by_now_gets_as_much_time_from_now(challenge: Challenge) -> None:
    old = challenge.closes_at
    incident = outage(old - HOUR, hours=5)
    late = old + timedelta(days=6)

    [effect] = applied(incident, at=late)

    assert effect.new >= late + 5 * HOUR


def test_twice_is_once(challenge: Challenge) -> None:
    incident = outage(challenge.closes_at - HOUR)
    applied(incident)
    after = Challenge.objects.get(pk=challenge.pk).closes_at

    with pytest.raises(TransitionError):
        applied(incident)
    again = actions.record(
        began_at=incident.began_at,
        ended_at=incident.ended_at,
        text=incident.text,
        by=people.officer(),
        at=clock.now() + 5 * HOUR,
    )

    assert again == incident
    assert Challenge.objects.get(pk=challenge.pk).closes_at == after
    assert IncidentEffect.objects.count() == 1


def test_two_outages_one_after_another_add_up(challenge: Challenge) -> None:
    old = challenge.closes_at
    first, second = outage(old - 10 * HOUR, hours=1), outage(old - 5 * HOUR, hours=1, text="Otra.")

    applied(first)
    middle = Challenge.objects.get(pk=challenge.pk).closes_at
    applied(second)

    assert old < middle < Challenge.objects.get(pk=challenge.pk).closes_at


def test_the_same_hours_recorded_twice_count_once(challenge: Challenge) -> None:
    old = challenge.closes_at
    whole, part = outage(old - 10 * HOUR, hours=6), outage(old - 9 * HOUR, hours=2, text="La misma, más corta.")

    applied(whole)
    after = Challenge.objects.get(pk=challenge.pk).closes_at

    with pytest.raises(DomainError):
        applied(part)
    assert Challenge.objects.get(pk=challenge.pk).closes_at == after


def test_everybody_is_told_once_a_call(challenge: Challenge) -> None:
    delegate = people.delegate(challenge.department)
    incident = outage(challenge.closes_at - HOUR)

    applied(incident)

    kinds = list(Notice.objects.filter(recipient=delegate).values_list("kind", flat=True))
    assert kinds.count("challenge.deadline_extended") == 1
    assert set(kinds) <= {"challenge.deadline_extended", "question.asked"}


def test_only_officers_record_and_apply_and_only_what_is_over(challenge: Challenge) -> None:
    incident = outage(challenge.closes_at - HOUR)
    at = incident.ended_at
    for person in (people.director(), people.delegate(), people.auditor(), people.person(), people.administrator()):
        with pytest.raises(PermissionDenied):
            actions.record(began_at=at - HOUR, ended_at=at, text="x", by=person, at=at)
        with pytest.raises(PermissionDenied):
            actions.apply(incident, by=person, at=at)
    for began, ended in ((at, at - HOUR), (at, at), (at - HOUR, at + HOUR)):
        with pytest.raises(DomainError) as refusal:
            actions.record(began_at=began, ended_at=ended, text="x", by=people.officer(), at=at)
        assert refusal.value.field == "ended_at"


def test_the_database_keeps_what_an_incident_moved(challenge: Challenge) -> None:
    incident = outage(challenge.closes_at - HOUR)
    [effect] = applied(incident)

    for change in (
        lambda: Incident.objects.filter(pk=incident.pk).update(text="Otra"),
        lambda: IncidentEffect.objects.filter(pk=effect.pk).update(term="x"),
        lambda: Challenge.objects.filter(pk=challenge.pk).update(closes_at=effect.old),
        lambda: Challenge.objects.filter(pk=challenge.pk).update(answers_due_at=challenge.answers_due_at - HOUR),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_a_record_written_by_mistake_is_thrown_away(challenge: Challenge) -> None:
    incident = outage(challenge.closes_at - HOUR)

    actions.discard(incident, by=people.officer(), at=clock.now())

    assert not Incident.objects.exists()
    assert AuditEvent.objects.filter(kind="incident.discarded").count() == 1


def test_an_officer_sees_what_moves_before_it_does_and_everybody_after(client: Client, challenge: Challenge) -> None:
    office = Client()
    office.force_login(people.officer())
    began, ended = challenge.closes_at - 2 * HOUR, challenge.closes_at - HOUR
    form = {
        "began_at": began.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M"),
        "ended_at": ended.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M"),
        "text": "Sin servicio por un corte de luz.",
    }
    assert office.post("/incidencias/nueva/", form | {"text": ""}).status_code == 422
    answer = office.post("/incidencias/nueva/", form)
    page = office.get(answer.url).content.decode()
    assert challenge.reference in page
    assert client.get(answer.url).status_code == 404
    assert challenge.reference not in client.get("/incidencias/").content.decode()

    office.post(f"{answer.url}ampliar/")

    for address in ("/incidencias/", answer.url, challenge.get_absolute_url()):
        assert "corte de luz" in client.get(address).content.decode()
    assert "otros días del calendario" in client.get(challenge.get_absolute_url()).content.decode()


def test_an_outage_of_some_hours_names_its_day_once() -> None:
    zone = ZONE

    def words(*ends: datetime) -> str:
        return outage_words(Incident(began_at=ends[0], ended_at=ends[1]))

    begun = datetime(2026, 11, 20, 16, tzinfo=zone)
    assert words(begun, begun + 2 * HOUR) == "20 de noviembre de 2026, de 16:00 a 18:00"
    late = begun + 7 * HOUR
    assert words(late, late + 2 * HOUR) == (
        "Del viernes 20 de noviembre de 2026, 23:00 al sábado 21 de noviembre de 2026, 01:00"
    )


def test_an_extension_moves_the_later_days_only_when_asked() -> None:
    challenge = factories.open_challenge()
    evaluation, later = challenge.evaluation_until, factories.workday(clock.local_date(challenge.closes_at), 7)
    until = datetime.combine(later, challenge.closes_at.astimezone(ZONE).time(), tzinfo=ZONE)

    found = lifecycle.extend(
        challenge, closes_at=until, reason="Más.", by=people.officer(), at=clock.now(), moves_later=True
    )

    assert found.evaluation_until > evaluation
    words = found.corrections.get(field="calendar")
    assert "evaluación" in words.old_text.lower()
    assert words.old_text != words.new_text


def _calls(count: int) -> None:
    for _ in range(count):
        factories.open_challenge()


def test_the_page_of_incidents_is_as_quick_with_many(client: Client, django_assert_max_num_queries: Any) -> None:
    def visit() -> int:
        client.get("/incidencias/")
        with django_assert_max_num_queries(60) as found:
            client.get("/incidencias/")
        return len(found)

    first = factories.open_challenge()
    applied(outage(clock.now() - HOUR, hours=1))
    one = visit()
    _calls(3)
    with clock.travel(first.closes_at - 2 * HOUR):
        for place in range(4):
            applied(outage(clock.now() - (place * 3 + 2) * HOUR, hours=1, text=f"Caída {place}"))
    assert visit() == one
