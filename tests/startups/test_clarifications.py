"""After the opening: rules broken, terms in the right days, answers with files, clarifications in the same words."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from challenges.models import Challenge
from govtech import clock
from govtech.errors import DomainError, TransitionError
from govtech.notifications.models import Notice
from govtech.reference.calculations.calendar import add_calendar_days, add_working_days
from govtech.reference.models import Holiday, Rules
from startups.actions import admission
from startups.actions import clarification as actions
from startups.actions import panel as panels
from startups.models import ClarificationAnswer, Evaluation, ExclusionRule, PanelRole, Proposal
from startups.policies import admission as policies
from startups.policies import evaluation as evaluations
from tests import people
from tests.files import samples
from tests.startups.evaluations import admitted, later, locked, opened, proposals_of
from tests.startups.factories import owner_of
from tests.visits import body

pytestmark = pytest.mark.django_db
TEXT = "¿Qué datos del servicio hacen falta el primer mes?"


@pytest.fixture
def challenge() -> Any:
    """A challenge with two opened proposals, an hour after the opening."""
    found = opened(prices=["9000.00", "8000.00"])
    with clock.travel(later(found, 1)):
        yield found


def asked(challenge: Challenge, *, concerns_all: bool, by: Any = None) -> Any:
    at = clock.now()
    return actions.ask(
        proposals_of(challenge)[0], text=TEXT, concerns_all=concerns_all, due_at=policies.earliest_due(at=at),
        by=by or people.officer(), at=at,
    )  # fmt: skip


def writes(proposal: Proposal) -> Any:
    return owner_of(proposal.organisation)


# Leaving out ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", ["", "otra"])
def test_an_exclusion_names_a_rule_of_the_list(challenge, rule):
    with pytest.raises(DomainError) as refusal:
        admission.exclude(proposals_of(challenge)[0], rule=rule, reason=TEXT, by=people.officer(), at=clock.now())
    assert refusal.value.field == "rule"


def test_the_organisation_reads_the_rule_and_the_reason(challenge):
    proposal, client = proposals_of(challenge)[0], Client()
    admission.exclude(proposal, rule="several", reason="Figura en dos propuestas.", by=people.officer(), at=clock.now())
    client.force_login(writes(proposal))

    page = client.get(proposal.get_absolute_url()).content.decode()

    assert str(ExclusionRule.SEVERAL.label) in page
    assert "Figura en dos" in page


# The term -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("unit", "add"), [("calendar", add_calendar_days), ("working", add_working_days)])
def test_the_term_counts_in_the_days_that_its_rule_says(challenge, unit, add):
    today = clock.local_date(clock.now())
    rules = Rules.objects.in_force(today)
    Rules.objects.filter(pk=rules.pk).update(
        correction_days=10, terms={**rules.terms, "correction_days": {"unit": unit, "source": "Ley 39/2015, art. 68.1"}}
    )

    assert clock.local_date(policies.earliest_due(at=clock.now())) == add(today, 10, Holiday.objects.dates())
    assert "Ley 39/2015, art. 68.1" in policies.term_in_words(at=clock.now())


# Answering a correction with files --------------------------------------------------------------------


def test_files_of_a_correction_are_looked_into_before_anything_is_locked(challenge, monkeypatch):
    proposal, _other = proposals_of(challenge)
    at, steps = clock.now(), []
    asked = {"text": "Falta el poder de quien firma.", "due_at": policies.earliest_due(at=at)}
    admission.request_correction(proposal, **asked, by=people.officer(), at=at)
    check, lock = admission.files.check, admission._locked
    monkeypatch.setattr(admission.files, "check", lambda upload: (steps.append("check"), check(upload))[1])
    monkeypatch.setattr(admission, "_locked", lambda proposal: (steps.append("lock"), lock(proposal))[1])
    answer = {"text": "Va adjunto el poder de quien firma.", "by": writes(proposal), "at": at}
    stranger = {**answer, "by": people.person()}

    with pytest.raises(DomainError):
        admission.correct(proposal, uploads=[SimpleUploadedFile("x.exe", b"MZ")], **answer)
    with pytest.raises(PermissionDenied):
        admission.correct(proposal, uploads=[SimpleUploadedFile("p.pdf", samples.pdf())], **stranger)
    assert steps == ["check"]
    admission.correct(proposal, uploads=[SimpleUploadedFile("p.pdf", samples.pdf())], **answer)

    assert steps == ["check", "check", "lock"]
    assert proposal.correction_files.get().name == "p.pdf"


def test_a_correction_is_answered_with_files_that_only_those_who_judge_get(challenge):
    proposal, other = proposals_of(challenge)
    data, at, officer = samples.pdf(), clock.now(), people.officer()
    due_at = policies.earliest_due(at=at)
    admission.request_correction(proposal, text="Falta el poder de quien firma.", due_at=due_at, by=officer, at=at)
    client = Client()
    client.force_login(writes(proposal))
    page = reverse("startups:correct", kwargs={"public_id": proposal.public_id})

    hostile = client.post(page, {"text": "Va adjunto el poder.", "files": [SimpleUploadedFile("x.exe", b"MZ")]})
    assert hostile.status_code == 422
    assert not proposal.correction_files.exists()
    client.post(page, {"text": "Va adjunto el poder.", "files": [SimpleUploadedFile("poder.pdf", data)]})

    row = proposal.correction_files.get()
    assert row.file.location.read_bytes() != data
    address = reverse("startups:correction_file", kwargs={"public_id": proposal.public_id, "file": row.public_id})
    for user, status in ((writes(proposal), 200), (officer, 200), (writes(other), 404), (people.delegate(), 404)):
        client.force_login(user)
        answer = client.get(address)
        assert answer.status_code == status
    client.force_login(officer)
    assert body(client.get(address)) == data
    kwargs = {"slug": challenge.slug, "public_id": proposal.public_id}
    assert "poder.pdf" in client.get(reverse("startups:admission_decide", kwargs=kwargs)).content.decode()


# Clarifications --------------------------------------------------------------------------------------


def test_what_concerns_all_is_asked_of_all_in_the_same_words(challenge):
    one, other = proposals_of(challenge)

    made = asked(challenge, concerns_all=True)

    assert set(made.answers.values_list("proposal", flat=True)) == {one.pk, other.pk}
    for proposal in (one, other):
        assert Notice.objects.filter(recipient=writes(proposal), kind="clarification.asked").exists()
    alone = asked(challenge, concerns_all=False)
    assert list(alone.answers.values_list("proposal", flat=True)) == [one.pk]


def test_each_organisation_answers_once_and_reads_no_other(challenge):
    one, other = proposals_of(challenge)
    made = asked(challenge, concerns_all=True)
    mine, theirs = made.answers.get(proposal=one), made.answers.get(proposal=other)
    client = Client()
    client.force_login(writes(one))

    assert mine.get_absolute_url() in client.get(one.get_absolute_url()).content.decode()
    assert client.get(theirs.get_absolute_url()).status_code == 404
    assert client.post(mine.get_absolute_url(), {"text": "Los de presión."}).status_code == 302
    assert "Los de presión." in client.get(mine.get_absolute_url()).content.decode()
    with pytest.raises(TransitionError):
        actions.answer(mine, text="Otra cosa.", by=writes(one), at=clock.now())
    with pytest.raises(PermissionDenied):
        actions.answer(theirs, text="Otra cosa.", by=writes(one), at=clock.now())
    with pytest.raises(DatabaseError, match="given once"), transaction.atomic():
        ClarificationAnswer.objects.filter(pk=mine.pk).update(text="Otra cosa.")
    client.force_login(writes(other))
    assert "Los de presión." not in client.get(theirs.get_absolute_url()).content.decode()
    client.force_login(people.officer())
    kwargs = {"slug": challenge.slug, "public_id": one.public_id}
    assert "Los de presión." in client.get(reverse("startups:admission_decide", kwargs=kwargs)).content.decode()


def test_after_its_term_nothing_is_answered(challenge):
    answer = asked(challenge, concerns_all=False).answers.get()
    late = answer.clarification.due_at + timedelta(seconds=1)

    with clock.travel(late), pytest.raises(DomainError):
        actions.answer(answer, text="Tarde.", by=writes(answer.proposal), at=late)


@pytest.mark.parametrize("who", [people.person, people.director, people.auditor, people.administrator, people.delegate])
def test_only_officers_ask(challenge, who):
    with pytest.raises(PermissionDenied):
        asked(challenge, concerns_all=True, by=who())


def test_nothing_is_asked_once_the_scores_are_locked():
    challenge = locked(prices=["9000.00"])
    with clock.travel(later(challenge, 9)), pytest.raises(TransitionError):
        asked(challenge, concerns_all=True)


def test_an_officer_asks_from_the_page_of_the_proposal(challenge):
    proposal, client = proposals_of(challenge)[0], Client()
    client.force_login(people.officer())
    page = reverse("startups:admission_decide", kwargs={"slug": challenge.slug, "public_id": proposal.public_id})
    day = clock.local_date(policies.earliest_due(at=clock.now())).isoformat()

    refused = client.post(page, {"decision": "clarification", "text": "corto", "due_at": day})
    assert 'class="error' in refused.content.decode()
    client.post(page, {"decision": "clarification", "text": TEXT, "due_at": day, "concerns_all": "on"})

    assert ClarificationAnswer.objects.filter(clarification__text=TEXT).count() == 2


def test_scores_are_not_locked_while_an_answer_may_still_come(challenge):
    admitted(challenge)
    answer = asked(challenge, concerns_all=False).answers.get()
    stops = [line.text for line in evaluations.lacking(challenge, at=clock.now()) if line.level == "stop"]
    late = answer.clarification.due_at + timedelta(seconds=1)

    assert any("1 aclaración" in text for text in stops)
    with clock.travel(late):
        assert not evaluations.work(challenge, at=clock.now()).asked
    actions.answer(answer, text="Los de presión.", by=writes(answer.proposal), at=clock.now())
    assert not evaluations.work(challenge, at=clock.now()).asked


@pytest.mark.parametrize("what", ["locked", "left out"])
def test_no_answer_comes_when_it_was_judged_without_it(challenge, what):
    answer = asked(challenge, concerns_all=False).answers.get()
    if what == "locked":
        at = clock.now()
        Evaluation.objects.update(
            locked_at=at, chair_locked_at=at, secretary_locked_at=at,
            locked_by_chair=people.officer(), locked_by_secretary=people.officer(),
        )  # fmt: skip
    else:
        by = people.officer()
        admission.exclude(answer.proposal, rule="several", reason="Figura en dos propuestas.", by=by, at=clock.now())
    client = Client()
    client.force_login(writes(answer.proposal))

    page = client.get(answer.get_absolute_url()).content.decode()
    with pytest.raises(TransitionError):
        actions.answer(answer, text="Tarde.", by=writes(answer.proposal), at=clock.now())

    assert "<textarea" not in page
    assert "La evaluación ha seguido" in page


def test_nobody_asks_all_who_may_not_see_one_of_them(challenge):
    admitted(challenge)
    officer, other = people.officer(), proposals_of(challenge)[1]
    at = clock.now()
    member = panels.name_member(challenge, officer, role=PanelRole.SECRETARY, by=people.officer(), at=at)
    panels.declare(member, has_conflict=False, text="", by=officer, at=at)
    panels.declare_on(member, other, has_conflict=True, reason="Trabajé en ella.", by=officer, at=at)

    with pytest.raises(DomainError) as refusal:
        asked(challenge, concerns_all=True, by=officer)
    assert refusal.value.field == "concerns_all"
    assert asked(challenge, concerns_all=False, by=officer).answers.count() == 1
