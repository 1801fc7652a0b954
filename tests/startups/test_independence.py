"""Matches that help to declare, outside experts by invitation, and participants who challenge a member."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from govtech import clock
from govtech.accounts.models import User
from govtech.errors import DomainError, TransitionError
from govtech.notifications.models import Notice
from startups.actions import expert as experts
from startups.actions import interest as interests
from startups.actions import panel as panels
from startups.actions import recusation as recusations
from startups.actions import report
from startups.models import (
    ConflictDeclaration,
    ExpertInvitation,
    Ground,
    Interest,
    Leaving,
    Membership,
    Organisation,
    PanelMember,
    PanelRole,
    Proposal,
    Recusation,
)
from startups.policies import conflict, finish
from startups.policies import evaluation as evaluation_policies
from startups.policies import recusation as policies
from tests import people
from tests.copies import unchecked
from tests.startups.evaluations import admitted, later, named, panel, proposals_of, with_proposals
from tests.startups.factories import member as member_of
from tests.startups.factories import organisation, owner_of

pytestmark = pytest.mark.django_db
WORDS = "Fundaron juntos una empresa en 2019."


@pytest.fixture
def challenge():
    made = admitted(prices=["9000.00", "8000.00"])
    with clock.travel(later(made, 2)):
        yield made


# Matches ----------------------------------------------------------------------------------------------


def kinds(user: User, of: Organisation) -> list[str]:
    return conflict.matches([user], [of], at=clock.now()).get((user.pk, of.pk), [])


def test_each_kind_of_match_is_found_and_no_other():
    company = organisation(name="Energía Clara, S.L.", website="https://www.clara-energia.es")
    at, today = clock.now(), clock.local_date(clock.now())
    stranger = people.person(email="ana@gmail.com")
    assert kinds(stranger, company) == []

    assert kinds(people.person(email="eva@clara-energia.es"), company) == ["email"]
    left = member_of(company)
    Membership.objects.filter(user=left).update(left_at=clock.now(), left_by=left)
    assert kinds(left, company) == ["membership"]
    for fields, found in [
        ({"kind": "holding", "organisation_name": "Otra", "tax_id": company.tax_id.lower()}, ["tax"]),
        ({"kind": "family", "organisation_name": "ENERGIA CLARA"}, ["name"]),
        ({"kind": "employment", "organisation_name": "Energía Clara"}, ["name", "employment"]),
        ({"kind": "employment", "organisation_name": "Energía Clara", "until_on": today - timedelta(days=800)}, []),
        ({"kind": "family", "organisation_name": "Energía Clarísima"}, []),
    ]:
        user = people.person()
        interests.add(**fields, by=user, at=at)
        assert kinds(user, company) == found, fields


def test_people_of_two_years_ago_and_removed_interests_tie_nobody():
    company = organisation(name="Energía Clara, S.L.")
    user, gone = people.person(), member_of(company)
    row = interests.add(kind="family", organisation_name="Energía Clara", by=user, at=clock.now())
    interests.remove(row, by=user, at=clock.now())
    Membership.objects.filter(user=gone).update(left_at=clock.now(), left_by=gone)

    with clock.travel(clock.now() + timedelta(days=740)):
        assert kinds(gone, company) == []
    assert kinds(user, company) == []
    assert set(Interest.objects.visible_to(user)) == {row}
    assert not Interest.objects.visible_to(people.officer()).exists()
    with pytest.raises(PermissionDenied):
        interests.remove(row, by=gone, at=clock.now())


def test_who_looked_after_a_pilot_with_it_is_matched():
    company, user = organisation(), people.person()
    before = dict(conflict._sources)
    conflict.register("pilot", lambda users, found: [(user.pk, company.pk)])
    try:
        assert kinds(user, company) == ["pilot"]
    finally:
        conflict._sources.clear()
        conflict._sources.update(before)
    assert "pilot" in before, "pilots say what they know"
    with pytest.raises(LookupError):
        conflict.register("gossip", lambda users, found: [])


def test_a_match_is_dismissed_with_a_reason_that_stays(challenge):
    found = named(challenge)
    seat, proposal = found.members[0], proposals_of(challenge)[0]
    interests.add(kind="family", organisation_name=proposal.organisation.name, by=seat.user, at=clock.now())
    panels.declare(seat, has_conflict=False, text="", by=seat.user, at=clock.now())
    values = {"has_conflict": False, "by": seat.user, "at": clock.now()}

    with pytest.raises(DomainError) as refusal:
        panels.declare_on(seat, proposal, reason="", **values)
    assert refusal.value.field == "reason"
    panels.declare_on(seat, proposal, reason="Es otra empresa del mismo nombre.", **values)

    row = ConflictDeclaration.objects.get(member=seat)
    assert (row.has_conflict, row.matches) == (False, ["name"])
    with pytest.raises(IntegrityError), transaction.atomic():
        ConflictDeclaration.objects.filter(pk=row.pk).update(reason="")
    with pytest.raises(DatabaseError), transaction.atomic():
        ConflictDeclaration.objects.filter(pk=row.pk).delete()


def test_the_page_says_what_was_found_and_the_office_reads_the_answer(challenge, client: Client):
    found = named(challenge)
    seat, proposal = found.members[0], proposals_of(challenge)[0]
    interests.add(kind="family", organisation_name=proposal.organisation.name, by=seat.user, at=clock.now())
    panels.declare(seat, has_conflict=False, text="", by=seat.user, at=clock.now())
    address = reverse("startups:declare", kwargs={"slug": challenge.slug})
    client.force_login(seat.user)

    assert "Declaraste un interés en una empresa de este nombre." in client.get(address).content.decode()
    said = {"proposal": proposal.public_id, "has_conflict": "no", "text": "Es otra del mismo nombre."}
    assert client.post(address, said).status_code == 302
    client.force_login(people.officer())
    page = client.get(reverse("startups:panel", kwargs={"slug": challenge.slug})).content.decode()
    assert "Es otra del mismo nombre." in page
    assert "declaró un interés, mismo nombre" in page


# What would stop it -----------------------------------------------------------------------------------


def test_it_is_said_when_recusals_leave_nobody_to_finish(challenge):
    found = panel(challenge)
    one = proposals_of(challenge)[0]
    assert {line.level for line in finish.lines(challenge, _work(challenge), at=clock.now())} <= {"ok", "advice"}

    for seat in [*found.voting, found.secretary]:
        panels.declare_on(seat, one, has_conflict=True, reason="Trabajé allí en 2025.", by=seat.user, at=clock.now())

    stops = [line.text for line in finish.lines(challenge, _work(challenge), at=clock.now()) if line.level == "stop"]
    assert any("nadie podría terminar" in text for text in stops)
    assert any("La secretaría está apartada" in text for text in stops)


def test_a_director_whose_organisation_takes_part_is_nobody_to_approve(challenge):
    director = people.director()
    User.objects.filter(groups__name="directors").exclude(pk=director.pk).update(is_active=False)
    assert finish.approval_line([], finish.with_conflict(challenge)).level == "ok"

    member_of(proposals_of(challenge)[0].organisation, user=director)

    assert finish.approval_line([], finish.with_conflict(challenge)).level == "stop"


def _work(challenge) -> evaluation_policies.Work:
    return evaluation_policies.work(challenge, at=clock.now())


def test_the_panel_is_told_when_the_last_proposal_is_decided_on():
    challenge = with_proposals(["9000.00", "8000.00"])
    seat = panels.name_member(challenge, people.person(), role=PanelRole.MEMBER, by=people.officer(), at=clock.now())

    admitted(challenge)

    assert Notice.objects.filter(kind="panel.to_declare", recipient=seat.user).count() == 1


def test_who_cannot_take_part_says_why_and_leaves(challenge):
    seat = named(challenge).members[0]
    with pytest.raises(DomainError):
        panels.decline(seat, reason="", by=seat.user, at=clock.now())
    with pytest.raises(PermissionDenied):
        panels.decline(seat, reason="Estaré de baja.", by=people.officer(), at=clock.now())

    panels.decline(seat, reason="Estaré de baja.", by=seat.user, at=clock.now())

    seat.refresh_from_db()
    assert (seat.left_for, seat.left_at) == (Leaving.DECLINED, clock.now())


# Experts ----------------------------------------------------------------------------------------------


def invited(
    challenge, *, email: str = "experta@upm.es", by: User | None = None, **fields
) -> tuple[ExpertInvitation, str]:
    today = clock.local_date(clock.now())
    values = {
        "full_name": "Elena Experta",
        "post": "Catedrática de hidráulica, UPM",
        "expertise": "Redes de agua",
        "role": PanelRole.MEMBER,
        "expires_on": today + timedelta(days=10),
        "until_on": today + timedelta(days=90),
        **fields,
    }
    return experts.invite(challenge, email=email, **values, by=by or people.officer(), at=clock.now())


def test_an_expert_accepts_from_the_mail_and_is_published_with_the_post(challenge, client: Client):
    named(challenge)
    invitation, token = invited(challenge)
    (message,) = [each for each in mail.outbox if each.to == ["experta@upm.es"]]
    (path,) = set(re.findall(r"(/invitacion-al-panel/[\w-]+/)", message.body))
    assert client.get(path).status_code == 200  # without an account
    assert client.post(path, {"accept": "1"}).status_code == 302  # to sign in
    client.force_login(people.person())
    assert client.post(path, {"accept": "1"}).status_code == 403  # of another address
    expert = people.person("Elena Experta", email="experta@upm.es")
    client.force_login(expert)

    assert client.post(path, {"accept": "1"}).status_code == 302

    seat = PanelMember.objects.get(user=expert)
    assert (seat.is_external, seat.until_on, seat.accepted_at) == (True, invitation.until_on, clock.now())
    assert client.get(path).status_code == 404, "only once"
    page = Client().get(challenge.get_absolute_url()).content.decode()
    assert "Catedrática de hidráulica, UPM" in page
    with pytest.raises(DomainError):
        experts.revoke(invitation, by=people.officer(), at=clock.now())
    assert token


def test_an_expert_declines_without_an_account_and_links_end(challenge, client: Client):
    officer = people.officer()
    invitation, token = invited(challenge, by=officer)
    address = reverse("startups:expert_invitation", kwargs={"token": token})

    assert client.post(address, {"decline": "1", "reason": "Estoy fuera."}).status_code == 200

    invitation.refresh_from_db()
    assert (invitation.has_accepted, invitation.decline_reason) == (False, "Estoy fuera.")
    assert Notice.objects.filter(kind="panel.expert_declined", recipient=officer).count() == 1
    _late, late = invited(challenge, email="otra@upm.es")
    taken, revoked = invited(challenge, email="tercera@upm.es")
    experts.revoke(taken, by=officer, at=clock.now())
    with clock.travel(clock.now() + timedelta(days=11)), pytest.raises(DomainError):
        experts.find(late, at=clock.now())
    with pytest.raises(DomainError):
        experts.find(revoked, at=clock.now())


def test_who_may_invite_whom(challenge):
    today = clock.local_date(clock.now())
    for by in (people.director(), people.auditor(), people.person()):
        with pytest.raises(PermissionDenied):
            invited(challenge, by=by)
    for fields, field in [
        ({"role": PanelRole.SECRETARY}, "role"),
        ({"expires_on": today}, "expires_on"),
        ({"until_on": today + timedelta(days=2)}, "until_on"),
    ]:
        with pytest.raises(DomainError) as refusal:
            invited(challenge, **fields)
        assert refusal.value.field == field
    first, _token = invited(challenge)
    invited(challenge)
    first.refresh_from_db()
    assert first.revoked_at is not None, "a second replaces the first"


def test_after_the_last_day_an_expert_reads_nothing(challenge):
    _invitation, token = invited(challenge)
    expert = people.person(email="experta@upm.es")
    seat = experts.accept(token, by=expert, at=clock.now())
    panels.declare(seat, has_conflict=False, text="", by=expert, at=clock.now())
    for proposal in proposals_of(challenge):
        panels.declare_on(seat, proposal, has_conflict=False, reason="", by=expert, at=clock.now())
    assert Proposal.objects.visible_to(expert).count() == 2

    with clock.travel(clock.now() + timedelta(days=92)):
        assert Proposal.objects.visible_to(expert).count() == 0
        lines = finish.mandate_lines([seat], at=clock.now())
    assert [line.level for line in lines] == ["stop"]


# Challenging a member ---------------------------------------------------------------------------------


def challenged(challenge) -> tuple[Recusation, PanelMember, Proposal]:
    seat, proposal = panel(challenge).members[0], proposals_of(challenge)[0]
    by = owner_of(proposal.organisation)
    values = {"ground": Ground.FRIENDSHIP, "text": WORDS, "by": by, "at": clock.now()}
    return recusations.challenge_member(proposal, seat, **values), seat, proposal


def test_a_challenge_holds_the_lock_and_upheld_takes_the_person_off(challenge):
    director = people.director()
    row, seat, proposal = challenged(challenge)
    assert any(
        line.level == "stop" and "recusado" in line.text
        for line in evaluation_policies.lacking(challenge, at=clock.now())
    )
    for by in (people.officer(), people.auditor(), owner_of(proposal.organisation)):
        with pytest.raises(PermissionDenied):
            recusations.decide(row, is_upheld=True, text=WORDS, by=by, at=clock.now())
    with pytest.raises(DomainError):  # the person answers first
        recusations.decide(row, is_upheld=True, text=WORDS, by=director, at=clock.now())
    with pytest.raises(PermissionDenied):
        recusations.answer(row, admits=True, text=WORDS, by=director, at=clock.now())

    recusations.answer(row, admits=True, text=WORDS, by=seat.user, at=clock.now())
    row = recusations.decide(
        row, is_upheld=True, text="La causa consta y la persona la admite.", by=director, at=clock.now()
    )

    seat.refresh_from_db()
    assert (seat.left_for, row.decided_by) == (Leaving.CHALLENGED, director)
    assert not policies.holds(challenge)
    told = set(Notice.objects.filter(kind="panel.challenge_upheld").values_list("recipient_id", flat=True))
    assert {seat.user_id, owner_of(proposal.organisation).pk} <= told
    with pytest.raises(DomainError):  # never again on this panel
        panels.name_member(challenge, seat.user, role=PanelRole.MEMBER, by=people.officer(), at=clock.now())
    for change in ({"is_upheld": False}, {"text": "Otra cosa."}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Recusation.objects.update(**change)


def test_terms_run_in_working_days_and_silence_does_not_stop_the_director(challenge):
    row, seat, _proposal = challenged(challenge)
    director = people.director()
    asked = clock.local_date(row.asked_at)
    assert asked < clock.local_date(row.answer_due_at) < clock.local_date(row.due_at)
    assert clock.local_date(row.due_at).weekday() < 5

    with clock.travel(row.answer_due_at + timedelta(hours=1)):
        recusations.decide(row, is_upheld=False, text="No se aporta ningún hecho.", by=director, at=clock.now())
        with pytest.raises(TransitionError):
            recusations.answer(row, admits=False, text=WORDS, by=seat.user, at=clock.now())
    seat.refresh_from_db()
    assert seat.left_at is None


def test_who_sits_or_has_a_conflict_does_not_decide(challenge):
    row, seat, proposal = challenged(challenge)
    recusations.answer(row, admits=False, text=WORDS, by=seat.user, at=clock.now())
    seated, tied = people.director(), people.director()
    panels.name_member(challenge, seated, role=PanelRole.ADVISER, by=people.officer(), at=clock.now())
    member_of(proposal.organisation, user=tied)

    for by in (seated, tied):
        with pytest.raises(PermissionDenied):
            recusations.decide(row, is_upheld=False, text=WORDS, by=by, at=clock.now())


def test_only_participants_challenge_once_and_before_the_lock(challenge):
    row, seat, proposal = challenged(challenge)
    by = owner_of(proposal.organisation)
    values = {"ground": Ground.INTEREST, "text": WORDS, "at": clock.now()}
    with pytest.raises(TransitionError):
        recusations.challenge_member(proposal, seat, **values, by=by)
    for other in (people.person(), people.officer(), member_of(proposal.organisation, "reader")):
        with pytest.raises(PermissionDenied):
            recusations.challenge_member(proposal, seat, **values, by=other)
    with pytest.raises(DomainError):
        recusations.challenge_member(proposal, seat, **{**values, "text": "No."}, by=by)
    sealed = with_proposals(["9000.00"])
    (one,) = Proposal.objects.filter(challenge=sealed)
    with pytest.raises(TransitionError):  # it would tell who takes part
        recusations.challenge_member(one, seat, **values, by=owner_of(one.organisation))
    assert set(Recusation.objects.visible_to(by)) == {row}
    assert set(Recusation.objects.visible_to(seat.user)) == {row}
    assert not Recusation.objects.visible_to(owner_of(proposals_of(challenge)[1].organisation)).exists()


def test_the_same_ground_is_taken_again_only_of_facts_known_since_and_not_from_who_is_out(challenge):
    row, seat, proposal = challenged(challenge)
    recusations.answer(row, admits=False, text=WORDS, by=seat.user, at=clock.now())
    recusations.decide(row, is_upheld=False, text=WORDS, by=people.director(), at=clock.now())
    by = owner_of(proposal.organisation)

    def again(at, ground=Ground.FRIENDSHIP, **values):
        return recusations.challenge_member(proposal, seat, ground=ground, text=WORDS, by=by, at=at, **values)

    at = clock.now() + timedelta(days=2)
    today, tomorrow = clock.local_date(at), clock.local_date(at) + timedelta(days=1)
    for known in (None, clock.local_date(clock.now()), tomorrow):
        with pytest.raises(DomainError) as refusal:
            again(at, known_on=known)
        assert refusal.value.field == "known_on"
    with pytest.raises(IntegrityError), transaction.atomic():
        Recusation.objects.create(
            member=seat, organisation=row.organisation, ground=row.ground, text=WORDS, asked_at=at, asked_by=by,
            answer_due_at=at, due_at=at,
        )  # fmt: skip
    second = again(at, known_on=today)
    assert second.known_on == today
    with unchecked():
        Recusation.objects.filter(pk=second.pk).delete()
        Proposal.objects.filter(pk=proposal.pk).update(status="excluded", decided_at=clock.now())
    with pytest.raises(TransitionError):  # a month to ask for a review of it, and then no more
        again(clock.now() + timedelta(days=40), Ground.EXPERT)
    assert again(at, Ground.EXPERT).ground == Ground.EXPERT


def test_the_report_says_of_a_match_what_was_found_and_nothing_said_in_confidence(challenge):
    found = named(challenge)
    seat, proposal = found.members[0], proposals_of(challenge)[0]
    interests.add(kind="family", organisation_name=proposal.organisation.name, by=seat.user, at=clock.now())
    panels.declare(seat, has_conflict=False, text="", by=seat.user, at=clock.now())
    secret = "Mi hermana trabaja en otra empresa del mismo nombre."
    panels.declare_on(seat, proposal, has_conflict=False, reason=secret, by=seat.user, at=clock.now())

    with translation.override("es"):
        said = str(report._independence(challenge))

    assert secret not in said
    assert "mismo nombre" in said.replace(secret, "")
    assert proposal.organisation.name in said


def test_participant_member_and_director_go_through_it_on_the_pages(challenge, client: Client):
    seat, proposal = panel(challenge).members[0], proposals_of(challenge)[0]
    director = people.director()
    client.force_login(owner_of(proposal.organisation))
    said = {"member": seat.public_id, "ground": "friendship", "text": WORDS}
    page = client.post(reverse("startups:recuse", kwargs={"public_id": proposal.public_id}), said, follow=True)
    assert WORDS in page.content.decode()
    row = Recusation.objects.get()
    address = reverse("startups:recusation", kwargs={"public_id": row.public_id})
    client.force_login(seat.user)
    assert "Responde: te han recusado" in client.get(reverse("shell:desk")).content.decode()
    client.post(address, {"answer": "1", "admits": "no", "text": "No conozco a esa empresa de nada."})
    client.force_login(director)
    assert "Resuelve una recusación" in client.get(reverse("shell:desk")).content.decode()
    client.post(address, {"decide": "1", "is_upheld": "no", "text": "No se aporta ningún hecho."})

    row.refresh_from_db()
    assert row.is_upheld is False
    client.force_login(owner_of(proposal.organisation))
    assert "No se aporta ningún hecho." in client.get(address).content.decode()


def test_the_form_is_offered_to_who_may_fill_it_in_and_says_when_it_is_too_early(challenge, client: Client):
    proposal = proposals_of(challenge)[0]
    form = reverse("startups:recuse", kwargs={"public_id": proposal.public_id})
    for user, offered in ((owner_of(proposal.organisation), True), (member_of(proposal.organisation, "reader"), False)):
        client.force_login(user)
        assert (form in client.get(proposal.get_absolute_url()).content.decode()) is offered

    (early,) = Proposal.objects.filter(challenge=with_proposals(["9000.00"]))
    client.force_login(owner_of(early.organisation))
    page = client.get(reverse("startups:recuse", kwargs={"public_id": early.public_id}), follow=True)
    assert page.redirect_chain == [(early.get_absolute_url(), 302)]
    assert "Se puede recusar desde la apertura" in page.content.decode()
