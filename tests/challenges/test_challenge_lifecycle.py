"""Each action in each state, who sees what, and what publication fixes."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from challenges import events
from challenges.actions import challenge as actions
from challenges.actions import incident as incidents
from challenges.actions import lifecycle, support
from challenges.calculations.phase import phase as phase_of
from challenges.models import Challenge, Correction, CorrectionKind, Phase, Status
from challenges.models.challenge import LAUNCHED, TRANSITIONS
from govtech import clock
from govtech.accounts import roles
from govtech.audit import decisions
from govtech.audit.models import AuditEvent, DecisionKind
from govtech.errors import DomainError, TransitionError
from govtech.notifications import digests
from govtech.notifications.models import Notice
from tests import people
from tests.challenges import factories

pytestmark = pytest.mark.django_db


def in_status(status: Status) -> Challenge:
    """Return a challenge in that state, put there past every rule."""
    challenge = factories.draft_challenge() if status not in LAUNCHED else factories.open_challenge()
    if challenge.status != status:
        with factories.unfunded():
            into = factories.open_challenge().pk if status == Status.MERGED else None
            Challenge.objects.filter(pk=challenge.pk).update(status=status, merged_into=into)
        challenge.refresh_from_db()
    return challenge


LEADS_TO: dict[str, tuple[Status, Any]] = {
    "submit": (Status.SUBMITTED, lambda c, at: actions.submit(c, by=people.delegate(c.department), at=at)),
    "send_back": (
        Status.RETURNED,
        lambda c, at: actions.send_back(
            c, comments=[{"step": "problem", "text": "Falta la cifra."}], by=people.officer(), at=at
        ),
    ),
    "take_back": (Status.DRAFT, lambda c, at: actions.take_back(c, by=people.delegate(c.department), at=at)),
    "merge": (
        Status.MERGED,
        lambda c, at: support.merge(c, factories.open_challenge(), reason="El mismo.", by=people.officer(), at=at),
    ),
    "reject": (Status.REJECTED, lambda c, at: actions.reject(c, reason="No es un reto.", by=people.officer(), at=at)),
    "approve": (Status.PUBLISHED, lambda c, at: lifecycle.approve(c, publish_at=None, by=people.director(), at=at)),
    "cancel": (Status.CANCELLED, lambda c, at: lifecycle.cancel(c, reason="Cambio.", by=people.director(), at=at)),
    "start_evaluation": (
        Status.EVALUATING,
        lambda c, at: lifecycle.start_evaluation(c, proposal_count=3, by=people.officer(), at=at),
    ),
    "void": (
        Status.VOID,
        lambda c, at: lifecycle.end(c, status=Status.VOID, reason="Nadie.", by=people.director(), at=at),
    ),
    "waive": (
        Status.WAIVED,
        lambda c, at: lifecycle.end(c, status=Status.WAIVED, reason="Interés público.", by=people.director(), at=at),
    ),
    "desist": (
        Status.DESISTED,
        lambda c, at: lifecycle.end(c, status=Status.DESISTED, reason="Defecto.", by=people.director(), at=at),
    ),
    "mark_awarded": (Status.AWARDED, lambda c, at: lifecycle.mark_awarded(c, by=people.director(), at=at)),
    "mark_piloting": (Status.PILOTING, lambda c, at: lifecycle.mark_piloting(c, by=people.officer(), at=at)),
    "mark_finished": (Status.FINISHED, lambda c, at: lifecycle.mark_finished(c, by=people.officer(), at=at)),
}
BEFORE_CLOSING = {"merge", "submit", "take_back", "send_back", "reject", "approve", "cancel"}


def test_the_table_covers_every_status_and_every_change_has_an_action() -> None:
    assert set(TRANSITIONS) == set(Status)
    assert {status for following in TRANSITIONS.values() for status in following} == {to for to, _ in LEADS_TO.values()}


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("name", LEADS_TO)
def test_action_works_exactly_where_the_table_allows(name: str, status: Status) -> None:
    to, act = LEADS_TO[name]
    challenge = in_status(status)
    at = clock.now() if name in BEFORE_CLOSING else challenge.closes_at + timedelta(minutes=1)

    with clock.travel(at), factories.unfunded():
        if to in TRANSITIONS[status]:
            act(challenge, at)
            challenge.refresh_from_db()
            assert challenge.status == to
            assert AuditEvent.objects.filter(target_id=str(challenge.pk), new=to, old=status).count() == 1
        else:
            with pytest.raises(TransitionError):
                act(challenge, at)
            challenge.refresh_from_db()
            assert challenge.status == status


@pytest.mark.parametrize("name", LEADS_TO)
@pytest.mark.parametrize("who", ["person", "administrator"])
def test_nobody_else_acts(name: str, who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stranger = getattr(people, who)()
    to, act = LEADS_TO[name]
    status = next(old for old, following in TRANSITIONS.items() if to in following)
    challenge = in_status(status)
    at = clock.now() if name in BEFORE_CLOSING else challenge.closes_at + timedelta(minutes=1)
    for role in ("delegate", "officer", "director"):
        monkeypatch.setattr(people, role, lambda *_args: stranger)

    with clock.travel(at), pytest.raises(PermissionDenied):
        act(challenge, at)


def test_reference_and_address_are_given_at_the_approval_and_stay_unique() -> None:
    first = factories.published_challenge(title="Medir el ruido de las terrazas")
    second = factories.published_challenge(title="Medir el ruido de las terrazas")

    assert (first.reference, second.reference) == (
        f"RETO-{first.publish_at.year}-001",
        f"RETO-{first.publish_at.year}-002",
    )
    assert first.slug == "medir-el-ruido-de-las-terrazas"
    assert second.slug == f"medir-el-ruido-de-las-terrazas-{first.publish_at.year}-002"


def test_a_challenge_published_later_is_nobodys_until_then() -> None:
    at = clock.now()
    challenge = factories.published_challenge(publish_at=at + timedelta(hours=5))

    assert not Challenge.objects.public().exists()
    with clock.travel(at + timedelta(hours=5)):
        assert list(Challenge.objects.public()) == [challenge]


def test_who_may_know_of_which_challenge() -> None:
    own, other = people.department("D06"), people.department("D01")
    draft = factories.draft_challenge(department=own)
    submitted = factories.submitted_challenge(department=own)
    later = factories.published_challenge(department=own, publish_at=clock.now() + timedelta(hours=5))
    public = factories.open_challenge(department=own)
    elsewhere = factories.draft_challenge(department=other)

    def seen(user: Any) -> set[Challenge]:
        return set(Challenge.objects.visible_to(user))

    assert seen(AnonymousUser()) == seen(people.person()) == seen(people.administrator()) == {public}
    assert seen(people.delegate(own)) == {draft, submitted, later, public}
    assert seen(people.delegate(other)) == {elsewhere, public}
    assert seen(people.officer()) == seen(people.director()) == {submitted, later, public}
    assert seen(people.auditor()) == {later, public}


BOUNDARIES = ("publish_at", "opens_at", "closes_at")


@pytest.mark.parametrize("boundary", [*BOUNDARIES, "soon"])
@pytest.mark.parametrize("offset", [-1, 0, 1])
def test_the_phase_of_the_database_and_of_python_agree_at_the_second(boundary: str, offset: int) -> None:
    challenge = factories.published_challenge(publish_at=clock.now() + timedelta(hours=2))
    edge = (
        challenge.closes_at - timedelta(hours=72) if boundary == "soon" else getattr(challenge, boundary)
    ) + timedelta(microseconds=offset)

    with clock.travel(edge):
        in_database = Challenge.objects.with_phase().get(pk=challenge.pk).phase
    in_python = phase_of(
        challenge.status,
        publish_at=challenge.publish_at,
        opens_at=challenge.opens_at,
        closes_at=challenge.closes_at,
        at=edge,
    )

    assert in_database == in_python
    assert (
        in_python
        == {
            ("publish_at", -1): Phase.PREPARING,
            ("publish_at", 0): Phase.UPCOMING,
            ("publish_at", 1): Phase.UPCOMING,
            ("opens_at", -1): Phase.UPCOMING,
            ("opens_at", 0): Phase.OPEN,
            ("opens_at", 1): Phase.OPEN,
            ("soon", -1): Phase.OPEN,
            ("soon", 0): Phase.OPEN,
            ("soon", 1): Phase.CLOSING_SOON,
            ("closes_at", -1): Phase.CLOSING_SOON,
            ("closes_at", 0): Phase.CLOSED,
            ("closes_at", 1): Phase.CLOSED,
        }[boundary, offset]
    )


@pytest.mark.parametrize("status", Status)
def test_the_phases_agree_in_every_status(status: Status) -> None:
    challenge = in_status(status)
    at = clock.now()

    with clock.travel(at):
        in_database = Challenge.objects.with_phase().get(pk=challenge.pk).phase

    assert in_database == phase_of(
        status, publish_at=challenge.publish_at, opens_at=challenge.opens_at, closes_at=challenge.closes_at, at=at
    )


def test_a_call_whose_opening_day_went_by_opens_when_it_is_published() -> None:
    at = clock.now()
    challenge = factories.submitted_challenge(
        opens_at=at, closes_at=factories.days_of_call(at)["closes_at"] + timedelta(days=1)
    )

    with clock.travel(at + timedelta(hours=3)), factories.unfunded():
        approved = lifecycle.approve(challenge, publish_at=None, by=people.director(), at=clock.now())

    assert approved.opens_at == approved.publish_at == at + timedelta(hours=3)


def test_approval_is_refused_when_the_calendar_no_longer_leaves_the_least_time() -> None:
    challenge = factories.submitted_challenge()

    with clock.travel(clock.now() + timedelta(days=4)), pytest.raises(DomainError, match="mínimo es 20"):
        lifecycle.approve(challenge, publish_at=None, by=people.director(), at=clock.now())


def later(challenge: Challenge, days: int) -> Any:
    """Return the same hour on the working day `days` after the deadline, or the next."""
    day = factories.workday(clock.local_date(challenge.closes_at), days)
    return challenge.closes_at + (day - clock.local_date(challenge.closes_at))


def test_more_time_is_published_with_its_reason_and_told_and_moves_nothing_else() -> None:
    challenge = factories.open_challenge()
    follower = people.person()
    factories.follow(follower, challenge)
    before = challenge.closes_at
    heard: list[Any] = []
    events.deadline_extended.connect(lambda **kw: heard.append(kw["reason"]), weak=False, dispatch_uid="test")

    lifecycle.extend(
        challenge, closes_at=later(challenge, 3), reason="Respuesta tardía.", by=people.officer(), at=clock.now()
    )
    events.deadline_extended.disconnect(dispatch_uid="test")

    fresh = Challenge.objects.get(pk=challenge.pk)
    assert (fresh.closes_at, fresh.questions_close_at) == (later(challenge, 3), challenge.questions_close_at)
    correction = Correction.objects.get()
    assert (correction.number, correction.kind, correction.old_text) == (1, CorrectionKind.DEADLINE, before.isoformat())
    assert heard == ["Respuesta tardía."]
    digests.gather(at=clock.now())
    told = set(Notice.objects.filter(kind="challenge.deadline_extended").values_list("recipient", flat=True))
    assert told == {follower.pk, *roles.delegates_of(challenge.department_id).values_list("pk", flat=True)}


@pytest.mark.parametrize(
    ("days", "words"), [(-1, "solo se puede ampliar"), (0, "solo se puede ampliar"), (400, "sábado o domingo")]
)
def test_a_deadline_moves_later_and_to_a_working_day(days: int, words: str) -> None:
    challenge = factories.open_challenge()
    closes_at = challenge.closes_at + timedelta(days=days)
    while days == 400 and clock.local_date(closes_at).weekday() != 5:
        closes_at += timedelta(days=1)

    with pytest.raises(DomainError, match=words) as refusal:
        lifecycle.extend(challenge, closes_at=closes_at, reason="Más plazo.", by=people.officer(), at=clock.now())

    assert refusal.value.field == "closes_at"


def outage_at_the_closing(challenge: Challenge, *, at: datetime) -> None:
    ended_at = challenge.closes_at + timedelta(minutes=30)
    incident = incidents.record(
        began_at=challenge.closes_at - timedelta(hours=1), ended_at=ended_at, text="Caída.", by=people.officer(), at=at
    )
    incidents.apply(incident, by=people.officer(), at=at)


def test_after_closing_only_an_incident_extends() -> None:
    challenge = factories.open_challenge()
    after = challenge.closes_at + timedelta(hours=1)
    until = later(challenge, 2)

    with clock.travel(after):
        with pytest.raises(DomainError, match="incidencia"):
            lifecycle.extend(challenge, closes_at=until, reason="Tarde.", by=people.officer(), at=after)
        outage_at_the_closing(challenge, at=after)

    assert Challenge.objects.get(pk=challenge.pk).closes_at > after


def test_an_opening_prepared_for_the_old_deadline_is_sent_back() -> None:
    challenge = factories.open_challenge()
    after = challenge.closes_at + timedelta(hours=1)
    officer = people.officer()

    with clock.travel(after):
        decisions.prepare(DecisionKind.OPENING, challenge, by=officer, at=after)
        outage_at_the_closing(challenge, at=after)

    assert decisions.open_for(DecisionKind.OPENING, challenge) is None


def test_a_correction_keeps_the_old_text_beside_the_new() -> None:
    challenge = factories.open_challenge()

    lifecycle.correct(
        challenge, field="target", new_text="Un 30 % más", reason="Errata.", by=people.officer(), at=clock.now()
    )

    correction = Correction.objects.get()
    assert (correction.old_text, correction.new_text) == ("Un 20 % más de casos detectados", "Un 30 % más")
    assert Challenge.objects.get(pk=challenge.pk).target == "Un 30 % más"


@pytest.mark.parametrize("field", ["max_amount_net", "awards_planned", "closes_at", "status"])
def test_amount_awards_and_dates_are_not_corrected(field: str) -> None:
    challenge = factories.open_challenge()

    with pytest.raises(DomainError):
        lifecycle.correct(challenge, field=field, new_text="1", reason="x", by=people.officer(), at=clock.now())

    assert not Correction.objects.exists()


def test_followers_hear_of_a_challenge_once_when_it_becomes_public() -> None:
    at = clock.now()
    follower, late = people.person(), people.person()
    area = factories.PolicyArea.objects.get(slug="servicios-sociales-y-mayores")
    factories.follow(follower, area)
    factories.published_challenge(publish_at=at + timedelta(hours=5))

    def told() -> list[int]:
        return list(Notice.objects.filter(kind="challenge.published").values_list("recipient", flat=True))

    with clock.travel(at + timedelta(hours=1)):
        digests.gather(at=clock.now())
    assert told() == []
    with clock.travel(at + timedelta(hours=6)):
        factories.follow(late, area)
        for _again in range(2):
            digests.gather(at=clock.now())
    assert told() == [follower.pk]


def test_nothing_of_a_call_that_is_not_public_reaches_its_followers() -> None:
    challenge = factories.published_challenge(publish_at=clock.now() + timedelta(hours=5))
    follower = people.person()
    factories.follow(follower, challenge.policy_area)
    lifecycle.correct(
        challenge, field="place", new_text="Otro barrio.", reason="Error.", by=people.officer(), at=clock.now()
    )
    lifecycle.extend(challenge, closes_at=later(challenge, 3), reason="Más.", by=people.officer(), at=clock.now())

    assert not Notice.objects.filter(recipient=follower).exists()
    assert Notice.objects.filter(kind="challenge.corrected").exists()  # the department knows of it


def test_a_call_cancelled_before_its_publication_never_becomes_public() -> None:
    challenge = factories.published_challenge(publish_at=clock.now() + timedelta(hours=5))
    follower = people.person()
    factories.follow(follower, challenge.policy_area)
    with factories.unfunded():
        lifecycle.cancel(challenge, reason="Ya no hace falta.", by=people.director(), at=clock.now())

    with clock.travel(challenge.publish_at + timedelta(hours=1)):
        digests.gather(at=clock.now())
        assert not Challenge.objects.public().exists()
        assert not Challenge.objects.visible_to(follower).exists()
        assert Challenge.objects.visible_to(people.officer()).exists()
    assert not Notice.objects.filter(recipient=follower).exists()


def test_a_call_cancelled_in_public_is_not_announced_as_new() -> None:
    challenge = factories.published_challenge(publish_at=clock.now() + timedelta(hours=5))
    follower = people.person()
    factories.follow(follower, challenge.policy_area)
    with clock.travel(challenge.publish_at + timedelta(minutes=1)):
        with factories.unfunded():
            lifecycle.cancel(challenge, reason="Ya no hace falta.", by=people.director(), at=clock.now())
        digests.gather(at=clock.now())

    assert not Notice.objects.filter(recipient=follower, kind="challenge.published").exists()


@pytest.mark.parametrize("name", ["send_back", "reject", "set_terms"])
def test_what_waits_for_the_director_does_not_change_underneath(name: str) -> None:
    challenge = factories.submitted_challenge()
    decisions.prepare(DecisionKind.PUBLICATION, challenge, by=people.officer(), at=clock.now())
    arguments: dict[str, Any] = {
        "send_back": {"comments": [{"step": "problem", "text": "Falta la cifra."}]},
        "reject": {"reason": "No."},
        "set_terms": {"ip_clause": "Otra."},
    }[name]

    with pytest.raises(TransitionError):
        getattr(actions, name)(challenge, by=people.officer(), at=clock.now(), **arguments)
