"""Review: comments one by one, what changed, taking back, the queue and its service level, the Office's calendar."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from challenges.actions import challenge as actions
from challenges.actions import document as documents
from challenges.actions import review
from challenges.filters.version import changes_since
from challenges.models import Challenge, CommentState, Review, ReviewComment, Status
from challenges.models.review import COMMENT_TRANSITIONS
from govtech import clock
from govtech.accounts.models import User
from govtech.audit.models import AuditEvent
from govtech.errors import DomainError, TransitionError
from govtech.notifications.models import Notice
from govtech.reference.models import Holiday, Rules
from govtech.shell.registry import desk
from tests import people
from tests.challenges import factories
from tests.pilots import money

pytestmark = pytest.mark.django_db


def returned(**fields: Any) -> tuple[Challenge, ReviewComment, User]:
    """Return a challenge returned with a comment on its target, the comment, and the officer."""
    challenge, officer = factories.submitted_challenge(**fields), people.officer()
    note = actions.comment(challenge, step="outcome", field="target", text="Pon una cifra.", by=officer, at=clock.now())
    challenge = actions.send_back(challenge, comments=[], by=officer, at=clock.now())
    return challenge, note, officer


def save(challenge: Challenge, by: User, **data: Any) -> Challenge:
    step = challenge.steps.get(key="outcome")
    takes_back = data.pop("takes_back", False)
    return actions.save_step(
        challenge, "outcome", version=step.version, data=data, by=by, at=clock.now(), takes_back=takes_back
    )


# Comments ------------------------------------------------------------------------------------------


def in_state(state: CommentState) -> tuple[ReviewComment, User, User]:
    """Return a comment in a state, on a challenge where both sides may move it, with delegate and officer."""
    challenge, note, officer = returned()
    delegate = challenge.created_by
    if state != CommentState.OPEN:
        review.settle(note, by=delegate, at=clock.now())
    if state == CommentState.CLOSED:
        actions.submit(challenge, by=delegate, at=clock.now())
        review.close_comment(note, by=officer, at=clock.now())
    note.refresh_from_db()
    assert note.state == state
    return note, delegate, officer


@pytest.mark.parametrize("old", list(CommentState))
@pytest.mark.parametrize("new", list(CommentState))
def test_a_comment_moves_only_as_its_table_says(old: CommentState, new: CommentState) -> None:
    note, delegate, officer = in_state(old)
    challenge = note.challenge
    challenge.refresh_from_db()
    if new == CommentState.ANSWERED and challenge.status == Status.SUBMITTED:
        challenge = actions.take_back(challenge, by=delegate, at=clock.now())
    if new != CommentState.ANSWERED and challenge.status != Status.SUBMITTED:
        actions.submit(challenge, by=delegate, at=clock.now())
    note = ReviewComment.objects.get(pk=note.pk)
    move = {
        CommentState.ANSWERED: lambda: review.settle(note, by=delegate, at=clock.now()),
        CommentState.CLOSED: lambda: review.close_comment(note, by=officer, at=clock.now()),
        CommentState.OPEN: lambda: review.reopen_comment(note, by=officer, at=clock.now()),
    }[new]

    if new in COMMENT_TRANSITIONS[old] or (new == old and old != CommentState.OPEN):
        move()
        assert ReviewComment.objects.get(pk=note.pk).state == new
    else:
        with pytest.raises(TransitionError):
            move()
        assert ReviewComment.objects.get(pk=note.pk).state == old


def test_each_side_does_its_own_with_comments() -> None:
    challenge, note, officer = returned()
    delegate, stranger = challenge.created_by, people.delegate(people.department("D11"))

    for person in (officer, stranger, people.director(), people.person()):
        with pytest.raises(PermissionDenied):
            review.settle(note, by=person, at=clock.now())
    actions.submit(challenge, by=delegate, at=clock.now())
    for person in (delegate, people.director(), people.auditor()):
        for move in (review.close_comment, review.reopen_comment):
            with pytest.raises(PermissionDenied):
                move(note, by=person, at=clock.now())


def test_the_department_replies_at_the_field_and_the_office_asks_again(client: Client) -> None:
    challenge, note, officer = returned()
    delegate = challenge.created_by
    client.force_login(delegate)
    address = f"/mis-retos/{challenge.public_id}/"

    page = client.get(f"{address}resultado/").content.decode()
    assert page.index("Pon una cifra.") < page.index('name="target"')
    client.post(f"{address}atendido/", {"comment": note.pk, f"reply-{note.pk}": "Está en la línea de base."})
    note.refresh_from_db()
    assert (note.state, note.reply) == (CommentState.ANSWERED, "Está en la línea de base.")

    actions.submit(Challenge.objects.get(pk=challenge.pk), by=delegate, at=clock.now())
    office = Client()
    office.force_login(officer)
    assert "Está en la línea de base." in office.get(f"{address}revision/").content.decode()
    office.post(f"{address}revision/comentarios/", {"reopen": note.pk})
    assert ReviewComment.objects.get(pk=note.pk).state == CommentState.OPEN
    office.post(f"{address}revision/devolver/")
    challenge.refresh_from_db()
    assert challenge.status == Status.RETURNED
    page = client.get(f"{address}resultado/").content.decode()
    assert "Pon una cifra." in page
    assert "Está en la línea de base." in page


def test_the_database_keeps_a_comment_whole() -> None:
    _challenge, note, _officer = returned()

    with pytest.raises(IntegrityError), transaction.atomic():
        ReviewComment.objects.filter(pk=note.pk).update(closed_at=clock.now())


# What changed --------------------------------------------------------------------------------------


def test_the_office_sees_what_changed_since_it_returned_the_challenge(client: Client) -> None:
    challenge, _note, officer = returned(target="Más casos", baseline="310 casos")
    delegate = challenge.created_by
    with clock.travel(clock.now() + timedelta(minutes=1)):
        save(challenge, delegate, target="Un 20 % más de casos en un año", baseline="310 casos")
        actions.submit(Challenge.objects.get(pk=challenge.pk), by=delegate, at=clock.now())
    client.force_login(officer)

    page = client.get(f"/mis-retos/{challenge.public_id}/revision/").content.decode()
    changes = page[page.index('id="cambios"') :].partition("</section>")[0]

    assert "Un 20 %" in changes
    assert "310 casos" not in changes
    with clock.travel(clock.now() + timedelta(minutes=2)):
        client.post(f"/mis-retos/{challenge.public_id}/revision/visto/", {"until": clock.now().isoformat()})
        page = client.get(f"/mis-retos/{challenge.public_id}/revision/").content.decode()
    assert "Un 20 %" not in page[page.index('id="cambios"') :].partition("</section>")[0]


def test_nobody_says_that_they_read_what_comes_later() -> None:
    challenge, officer = factories.submitted_challenge(), people.officer()
    at = clock.now()

    found = review.mark_seen(challenge, until=at + timedelta(days=3), by=officer, at=at)
    assert found.seen_until == at
    found = review.mark_seen(challenge, until=at - timedelta(days=3), by=officer, at=at)
    assert found.seen_until == at


# Taking back ---------------------------------------------------------------------------------------


def test_saving_under_review_takes_it_back_only_knowingly() -> None:
    challenge, officer = factories.submitted_challenge(), people.officer()
    delegate = challenge.created_by

    with pytest.raises(TransitionError, match="en revisión"):
        save(challenge, delegate, target="Otra")
    assert Challenge.objects.get(pk=challenge.pk).target != "Otra"

    challenge = save(challenge, delegate, target="Otra", takes_back=True)
    assert (challenge.status, challenge.target) == (Status.DRAFT, "Otra")
    event = AuditEvent.objects.get(kind="challenge.taken_back")
    assert (event.old, event.new, event.actor_id) == (Status.SUBMITTED, Status.DRAFT, delegate.pk)
    assert Notice.objects.filter(recipient=officer, kind="challenge.taken_back").count() == 1
    assert challenge in Challenge.objects.visible_to(officer)


def test_a_step_under_review_warns_first_and_nothing_typed_is_lost(client: Client) -> None:
    challenge = factories.submitted_challenge()
    client.force_login(challenge.created_by)
    address = f"/mis-retos/{challenge.public_id}/resultado/"
    page = client.get(address).content.decode()
    assert "vuelve a borrador" in page
    assert "data-autosave" not in page
    typed = {"version": challenge.steps.get(key="outcome").version, "outcome": "x", "target": "Lo que escribía"}

    in_background = client.post(address, typed | {"takes_back": "1"}, headers={"X-Requested-With": "fetch"})
    stale = client.post(address, typed)

    assert in_background.status_code == stale.status_code == 422
    assert "Lo que escribía" in stale.content.decode()
    assert "vuelve a borrador" in stale.content.decode()
    assert Challenge.objects.get(pk=challenge.pk).status == Status.SUBMITTED
    assert client.post(address, typed | {"takes_back": "1"}).status_code == 302
    assert Challenge.objects.get(pk=challenge.pk).status == Status.DRAFT


def test_saving_without_a_change_leaves_it_under_review() -> None:
    challenge = factories.submitted_challenge()
    now = {"outcome": challenge.outcome, "target": challenge.target}

    same = save(challenge, challenge.created_by, takes_back=True, **now)
    assert same.status == Status.SUBMITTED
    districts = list(challenge.districts.all())
    criteria = [
        {name: getattr(row, name) for name in ("name", "weight_percent", "kind")}
        for row in challenge.criteria.order_by("position")
    ]
    for key, data in (("pilot", {"districts": districts}), ("criteria", {"criteria": criteria})):
        step = challenge.steps.get(key=key)
        actions.save_step(
            challenge, key, version=step.version, data=data, by=challenge.created_by, at=clock.now(), takes_back=True
        )
    challenge.refresh_from_db()
    assert challenge.status == Status.SUBMITTED

    assert save(challenge, challenge.created_by, takes_back=True, target="Otra cifra: 12").status == Status.DRAFT


def test_what_the_office_has_not_said_yet_is_on_no_page_of_the_department(client: Client) -> None:
    challenge = factories.submitted_challenge()
    actions.comment(challenge, step="documents", text="Aún sin enviar", by=people.officer(), at=clock.now())
    client.force_login(challenge.created_by)

    page = client.get(f"/mis-retos/{challenge.public_id}/documentos/")

    assert page.status_code == 200
    assert "Aún sin enviar" not in page.content.decode()


def test_what_waits_for_the_director_is_not_taken_back() -> None:
    challenge = money.prepared()
    delegate = challenge.created_by

    with pytest.raises(TransitionError, match="Pide a la Oficina"):
        actions.take_back(challenge, by=delegate, at=clock.now())
    with pytest.raises(TransitionError, match="Pide a la Oficina"):
        save(challenge, delegate, target="Otra", takes_back=True)
    assert Challenge.objects.get(pk=challenge.pk).status == Status.SUBMITTED


@pytest.mark.parametrize("status", set(Status) - {Status.SUBMITTED})
def test_only_what_is_under_review_is_taken_back(status: Status) -> None:
    challenge = factories.draft_challenge()
    challenge.status = status

    with pytest.raises(TransitionError):
        actions.policies.check_can_take_back(challenge, by=challenge.created_by, at=clock.now())


def test_only_the_department_takes_back() -> None:
    challenge = factories.submitted_challenge()

    for person in (people.officer(), people.director(), people.delegate(people.department("D11")), people.person()):
        with pytest.raises(PermissionDenied):
            actions.take_back(challenge, by=person, at=clock.now())


def test_a_draft_that_was_sent_once_stays_on_record() -> None:
    challenge = factories.submitted_challenge()
    actions.take_back(challenge, by=challenge.created_by, at=clock.now())

    with pytest.raises(TransitionError):
        actions.discard(challenge, by=challenge.created_by, at=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Challenge.objects.filter(pk=challenge.pk)._raw_delete("default")
    with pytest.raises(IntegrityError), transaction.atomic():
        Challenge.objects.filter(pk=challenge.pk).update(submitted_at=None)


def test_a_document_under_review_takes_it_back_too() -> None:
    challenge = factories.submitted_challenge()
    upload = SimpleUploadedFile("datos.csv", "barrio;avisos\nTetuán;310\n".encode(), content_type="text/csv")
    delegate = challenge.created_by

    with pytest.raises(TransitionError):
        documents.add(challenge, upload, title="Plano", by=delegate, at=clock.now())
    upload.seek(0)
    documents.add(challenge, upload, title="Plano", by=delegate, at=clock.now(), takes_back=True)
    assert Challenge.objects.get(pk=challenge.pk).status == Status.DRAFT


# The queue -----------------------------------------------------------------------------------------


def test_the_queue_puts_the_longest_wait_first_and_says_what_is_late(client: Client) -> None:
    promised = Rules.objects.in_force(clock.local_date(clock.now())).review_working_days
    with clock.travel(clock.now() - timedelta(days=3 * promised)):
        old = factories.submitted_challenge(title="El que espera")
    new = factories.submitted_challenge(title="El recién llegado")
    officer = people.officer()
    client.force_login(officer)

    page = client.get("/cola-de-revision/").content.decode()
    assert page.index(old.title) < page.index(new.title)
    late = client.get("/cola-de-revision/?show=late").content.decode()
    assert old.title in late
    assert new.title not in late
    late_ones = {item.url: item.late for item in desk.items(officer, at=clock.now())}
    assert late_ones[f"/mis-retos/{old.public_id}/revision/"]
    assert not late_ones[f"/mis-retos/{new.public_id}/revision/"]


def test_one_officer_takes_a_challenge_and_another_is_told_who_has_it(client: Client) -> None:
    challenge, officer, other = factories.submitted_challenge(), people.officer("Olga Oficina"), people.officer()
    review.take(challenge, by=officer, at=clock.now())

    with pytest.raises(DomainError, match="Olga Oficina"):
        review.take(challenge, by=other, at=clock.now())
    assert not [item for item in desk.items(other, at=clock.now()) if item.url.endswith("/revision/")]
    client.force_login(officer)
    assert challenge.title in client.get("/cola-de-revision/?show=mine").content.decode()
    assert challenge.title not in client.get("/cola-de-revision/?show=nobody").content.decode()
    review.drop(challenge, by=other, at=clock.now())
    review.take(challenge, by=other, at=clock.now())
    assert Review.objects.get(challenge=challenge).reviewer == other
    for person in (people.director(), challenge.created_by, people.auditor()):
        with pytest.raises(PermissionDenied):
            review.take(challenge, by=person, at=clock.now())


def test_the_queue_is_as_quick_with_many_as_with_one(client: Client, django_assert_max_num_queries: Any) -> None:
    client.force_login(people.officer())
    factories.submitted_challenge()
    client.get("/cola-de-revision/")
    with django_assert_max_num_queries(100) as one:
        client.get("/cola-de-revision/")
    for _ in range(6):
        review.take(factories.submitted_challenge(), by=people.officer(), at=clock.now())
    with django_assert_max_num_queries(100) as many:
        client.get("/cola-de-revision/")
    assert len(many) == len(one)


# Calendar and terms --------------------------------------------------------------------------------


def moved(challenge: Challenge) -> dict[str, Any]:
    """Return the whole calendar of a challenge two weeks later."""
    return factories.days_of_call(clock.now() + timedelta(days=14))


def test_the_office_moves_a_calendar_that_slipped_and_the_department_is_told() -> None:
    challenge, officer = factories.submitted_challenge(), people.officer()
    before = challenge.closes_at
    version = challenge.steps.get(key="calendar").version

    found = review.adjust_calendar(
        challenge, version=version, data=moved(challenge), reason="La revisión se alargó", by=officer, at=clock.now()
    )

    assert found.status == Status.SUBMITTED
    assert found.closes_at > before
    event = AuditEvent.objects.get(kind="challenge.calendar_adjusted")
    assert "closes_at" in event.fields
    assert event.reason == "La revisión se alargó"
    assert Notice.objects.filter(recipient=challenge.created_by, kind="challenge.calendar_adjusted").count() == 1
    with pytest.raises(actions.StaleError):
        review.adjust_calendar(
            challenge,
            version=version,
            data=factories.days_of_call(clock.now() + timedelta(days=30)),
            reason="Otra",
            by=people.officer(),
            at=clock.now(),
        )


def test_the_calendar_is_moved_by_officers_with_a_reason_until_the_director_has_it() -> None:
    challenge = factories.submitted_challenge()
    known: dict[str, Any] = {"version": 0, "data": moved(challenge), "at": clock.now()}

    for person in (people.director(), challenge.created_by, people.auditor()):
        with pytest.raises(PermissionDenied):
            review.adjust_calendar(challenge, reason="x", by=person, **known)
    with pytest.raises(DomainError) as refusal:
        review.adjust_calendar(challenge, reason="  ", by=people.officer(), **known)
    assert refusal.value.field == "reason"
    money.prepared(challenge)
    with pytest.raises(TransitionError):
        review.adjust_calendar(challenge, reason="x", by=people.officer(), **known)


def test_the_calendar_page_keeps_what_was_typed_and_moves_it(client: Client) -> None:
    challenge = factories.submitted_challenge()
    client.force_login(people.officer())
    address = f"/mis-retos/{challenge.public_id}/revision/calendario/"
    assert client.get(address).status_code == 200
    days = {
        name: value.isoformat()[:16] if hasattr(value, "hour") else value.isoformat()
        for name, value in moved(challenge).items()
    }

    without = client.post(address, days | {"version": 0, "reason": ""})
    assert without.status_code == 422
    assert days["closes_at"] in without.content.decode()
    assert client.post(address, days | {"version": 0, "reason": "Se alargó"}).status_code == 302


def test_two_officers_write_the_terms_and_the_second_sees_both(client: Client) -> None:
    challenge = factories.submitted_challenge()
    client.force_login(people.officer())
    address = f"/mis-retos/{challenge.public_id}/revision/condiciones/"
    version = client.get(address).context["version"]
    sent = {
        "route": "minor", "cpv": "72000000-5", "ip_clause": "Lo mío", "offer_validity_days": "90",
        "reserve_list_length": "2", "version": version,
    }  # fmt: skip
    actions.set_terms(challenge, ip_clause="Lo de la colega", by=people.officer(), at=clock.now())

    answer = client.post(address, sent)

    assert answer.status_code == 409
    assert "Lo mío" in answer.content.decode()
    assert "Lo de la colega" in answer.content.decode()
    assert Challenge.objects.get(pk=challenge.pk).ip_clause == "Lo de la colega"
    again = client.post(address, sent | {"version": answer.context["version"]})
    assert again.status_code == 302
    assert Challenge.objects.get(pk=challenge.pk).ip_clause == "Lo mío"


def test_what_the_office_must_write_leads_to_where_it_writes_it_and_each_rule_says_why() -> None:
    challenge = factories.submitted_challenge(cpv=None)
    terms = f"/mis-retos/{challenge.public_id}/revision/condiciones/"

    def rows(user: Any) -> dict[str, tuple[str, str]]:
        client = Client()
        client.force_login(user)
        answer = client.get(f"/mis-retos/{challenge.public_id}/revision/")
        return {text: (url, str(why)) for level, text, url, why in answer.context["checks"] if level != "ok"}

    found = rows(people.officer())
    assert found["Falta el código CPV."][0] == terms
    assert all(why for _url, why in found.values())
    assert rows(people.director())["Falta el código CPV."][0] == ""


def test_terms_say_how_they_are_counted_and_by_which_law() -> None:
    rules = Rules.objects.in_force(clock.local_date(clock.now()))

    papers = rules.term("winner_papers_working_days")
    assert (papers.length, papers.unit) == (rules.winner_papers_working_days, "working")
    assert "150.2" in papers.source
    rules.terms = {"correction_days": {"unit": "moons", "starts": "", "last_day": "next", "source": "x"}}
    with pytest.raises(Exception, match="unit"):
        rules.clean()
    assert Holiday.objects.dates()  # without them no age is right
    assert changes_since(factories.draft_challenge(), at=clock.now())
