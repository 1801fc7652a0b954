"""Admission: admit, leave out, ask for a correction; each in the states its table allows and in no other."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localtime

from govtech import clock
from govtech.errors import DomainError, TransitionError
from govtech.notifications.models import Notice
from startups.actions import admission, evaluation
from startups.actions import panel as panels
from startups.models import CorrectionFile, OrganisationRole, Proposal, ProposalStatus
from startups.models.proposal import TRANSITIONS
from startups.policies.admission import earliest_due
from tests import people
from tests.files import samples
from tests.startups.evaluations import evaluation_of, later, locked, opened, panel, proposals_of, scored
from tests.startups.factories import member, owner_of

pytestmark = pytest.mark.django_db
REASON = "No acredita la solvencia que pide la convocatoria."
S = ProposalStatus


@pytest.fixture
def world():
    challenge = opened(prices=["9000.00"])
    with clock.travel(later(challenge, 1)):
        yield challenge


def asked(proposal: Proposal, by=None) -> Proposal:
    at = clock.now()
    return admission.request_correction(
        proposal, text="Falta el nombre de quien dirige el equipo.", due_at=earliest_due(at=at),
        by=by or people.officer(), at=at,
    )  # fmt: skip


ACTIONS = {
    S.ADMITTED: lambda proposal, by, at: admission.admit(proposal, by=by, at=at),
    S.EXCLUDED: lambda proposal, by, at: admission.exclude(proposal, rule="conditions", reason=REASON, by=by, at=at),
    S.CORRECTION_REQUESTED: lambda proposal, by, at: admission.request_correction(
        proposal, text=REASON, due_at=earliest_due(at=at), by=by, at=at
    ),
}


@pytest.mark.parametrize("status", [status for status in S if status not in {S.DRAFT, S.WITHDRAWN}])
@pytest.mark.parametrize("target", ACTIONS)
def test_decisions_work_exactly_where_the_table_allows(world, status, target):
    proposal = proposals_of(world).get()
    Proposal.objects.filter(pk=proposal.pk).update(
        status=status, corrected_at=clock.now() if status == S.CORRECTION_REQUESTED else None
    )
    by = people.officer()

    if target in TRANSITIONS[status]:
        ACTIONS[target](proposal, by, clock.now())
        proposal.refresh_from_db()
        assert proposal.status == target
    else:
        with pytest.raises(TransitionError):
            ACTIONS[target](proposal, by, clock.now())


@pytest.mark.parametrize("who", [people.person, people.director, people.auditor, people.administrator, people.delegate])
def test_only_officers_decide(world, who):
    proposal = proposals_of(world).get()

    for act in ACTIONS.values():
        with pytest.raises(PermissionDenied):
            act(proposal, who(), clock.now())


def test_exclusion_needs_a_reason_and_tells_the_organisation(world):
    proposal = proposals_of(world).get()
    by = people.officer()

    with pytest.raises(DomainError) as refusal:
        admission.exclude(proposal, rule="conditions", reason="   no   ", by=by, at=clock.now())
    assert refusal.value.field == "reason"

    admission.exclude(proposal, rule="conditions", reason=REASON, by=by, at=clock.now())
    proposal.refresh_from_db()
    assert (proposal.decided_by, proposal.decision_reason) == (by, REASON)
    assert Notice.objects.filter(recipient=owner_of(proposal.organisation), kind="proposal.excluded").exists()


def test_a_correction_ends_on_a_working_day_and_not_too_soon(world):
    proposal = proposals_of(world).get()
    by, at = people.officer(), clock.now()
    good = earliest_due(at=at)
    saturday = good + timedelta(days=(5 - localtime(good).weekday()) % 7)

    for due_at in (saturday, saturday + timedelta(days=1), good - timedelta(days=4)):
        with pytest.raises(DomainError) as refusal:
            admission.request_correction(proposal, text=REASON, due_at=due_at, by=by, at=at)
        assert refusal.value.field == "due_at"
    admission.request_correction(proposal, text=REASON, due_at=good, by=by, at=at)


def test_the_office_waits_for_the_answer_or_the_end_of_its_term(world):
    proposal = asked(proposals_of(world).get())
    by = people.officer()

    with pytest.raises(DomainError):
        admission.admit(proposal, by=by, at=clock.now())
    with clock.travel(proposal.correction_due_at):
        admission.admit(proposal, by=by, at=clock.now())


def test_an_answer_with_a_refused_file_leaves_nothing_of_the_others(world, settings, tmp_path):
    proposal = asked(proposals_of(world).get())
    settings.PRIVATE_FILES_DIR = tmp_path
    uploads = [SimpleUploadedFile("a.pdf", samples.pdf()), SimpleUploadedFile("b.pdf", b"MZ")]

    with pytest.raises(DomainError, match=r"b\.pdf"):
        admission.correct(
            proposal,
            text="La respuesta va en los dos archivos.",
            uploads=uploads,
            by=owner_of(proposal.organisation),
            at=clock.now(),
        )

    assert not CorrectionFile.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_an_answer_lets_the_office_decide_at_once(world):
    proposal = asked(proposals_of(world).get())
    owner = owner_of(proposal.organisation)
    officer = people.officer()

    admission.correct(proposal, text="La dirige Ana Prueba, ingeniera industrial.", by=owner, at=clock.now())

    assert Notice.objects.filter(recipient=officer, kind="proposal.corrected").exists()
    admission.admit(proposal, by=officer, at=clock.now())
    with pytest.raises(TransitionError):
        admission.correct(proposal, text="Y además otra cosa más.", by=owner, at=clock.now())


def test_only_who_writes_for_the_organisation_answers_once_and_in_time(world):
    proposal = asked(proposals_of(world).get())
    text = "La dirige Ana Prueba, ingeniera industrial."

    for by in (member(proposal.organisation, OrganisationRole.READER), people.person(), people.officer()):
        with pytest.raises(PermissionDenied):
            admission.correct(proposal, text=text, by=by, at=clock.now())
    late = proposal.correction_due_at + timedelta(seconds=1)
    with pytest.raises(DomainError):
        admission.correct(proposal, text=text, by=owner_of(proposal.organisation), at=late)
    admission.correct(proposal, text=text, by=member(proposal.organisation), at=clock.now())
    with pytest.raises(TransitionError):
        admission.correct(proposal, text=text, by=owner_of(proposal.organisation), at=clock.now())


def test_nothing_is_decided_after_the_lock():
    challenge = locked()
    proposal = proposals_of(challenge).first()
    Proposal.objects.filter(pk=proposal.pk).update(status=S.ADMITTED)

    with pytest.raises(TransitionError):
        admission.exclude(proposal, rule="conditions", reason=REASON, by=people.officer(), at=clock.now())


def test_an_exclusion_after_a_confirmation_takes_it_back():
    challenge, found = scored()
    with clock.travel(later(challenge, 4)):
        evaluation.lock(challenge, by=found.chair.user, at=clock.now())
        admission.exclude(
            proposals_of(challenge).first(), rule="conditions", reason=REASON, by=people.officer(), at=clock.now()
        )

    assert evaluation_of(challenge).locked_by_chair is None
    assert Notice.objects.filter(recipient=found.chair.user, kind="evaluation.confirmation_withdrawn").exists()


def test_a_recused_officer_cannot_decide():
    challenge = opened(prices=["9000.00", "8000.00"])
    with clock.travel(later(challenge, 1)):
        for proposal in proposals_of(challenge):
            admission.admit(proposal, by=people.officer(), at=clock.now())
    found = panel(challenge)
    one, other = proposals_of(challenge)
    with clock.travel(later(challenge, 3)):
        at, secretary = clock.now(), found.secretary
        panels.declare_on(secretary, one, has_conflict=True, reason="Trabajé allí en 2025.", by=secretary.user, at=at)
        with pytest.raises(PermissionDenied):
            admission.exclude(one, rule="conditions", reason=REASON, by=secretary.user, at=at)
        admission.exclude(other, rule="conditions", reason=REASON, by=secretary.user, at=at)
