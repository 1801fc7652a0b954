"""The retention schedule: it lists first, waits, destroys what is still due and not held, and sweeps traces."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from govtech import clock
from govtech.accounts import erasure, holdings, retention, rights
from govtech.accounts.models import DelegateAppointment, Erasure, RetentionEntry, User
from govtech.accounts.tasks import keep_to_the_schedule
from govtech.audit.models import AuditEvent
from govtech.errors import DomainError
from govtech.files.models import StoredFile
from govtech.notifications.models import Notice, OutgoingEmail
from startups.actions import attachment as attachments
from startups.actions import comment as comments
from startups.actions import dossier, membership
from startups.models import Attachment, DossierPaper, Invitation, Proposal, ProposalComment, ProposalSection
from tests import people
from tests.files import samples
from tests.startups.calls import open_call, own_draft
from tests.startups.factories import draft_proposal, hand_in, organisation, owner_of
from tests.startups.test_dossier import paper

pytestmark = pytest.mark.django_db
WEEK, YEAR = timedelta(days=7), timedelta(days=366)


def night(at):
    """Let the worker do its night's work at that instant."""
    with clock.travel(at):
        return keep_to_the_schedule()


def waiting(rule):
    return list(RetentionEntry.objects.waiting().filter(rule=rule))


def test_a_draft_never_handed_in_is_listed_first_and_emptied_a_week_later():
    draft = own_draft()
    upload = SimpleUploadedFile("memoria.pdf", samples.pdf())
    attached = attachments.add(draft, upload, envelope="technical", by=owner_of(draft.organisation), at=clock.now())
    comments.add(draft, part="", text="Falta la gráfica.", by=owner_of(draft.organisation), at=clock.now())
    due = draft.challenge.closes_at + YEAR

    night(due - 3 * WEEK)
    assert waiting("startups.drafts") == []
    night(due)
    (entry,) = waiting("startups.drafts")
    assert draft.organisation.name not in entry.words
    night(due + WEEK - timedelta(days=1))
    assert ProposalSection.objects.filter(proposal=draft).exists()
    night(due + WEEK)

    assert not ProposalSection.objects.filter(proposal=draft).exists()
    assert not Attachment.objects.filter(proposal=draft).exists()
    assert not ProposalComment.objects.exists()
    assert not StoredFile.objects.filter(pk=attached.file_id).exists()
    assert Proposal.objects.filter(pk=draft.pk).exists()
    assert waiting("startups.drafts") == []
    assert AuditEvent.objects.get(kind="retention.carried_out").new == "startups.drafts"


def test_what_was_handed_in_is_never_on_the_list():
    draft = own_draft()
    hand_in(draft)

    for year in (2, 6, 12):
        night(clock.now() + year * YEAR)

    assert ProposalSection.objects.filter(proposal=draft).exists()
    assert waiting("startups.drafts") == []


def test_what_is_held_stays_until_it_is_released_and_announced_again():
    draft = own_draft()
    due, by = draft.challenge.closes_at + YEAR, people.officer()
    night(due)
    (entry,) = waiting("startups.drafts")

    with pytest.raises(DomainError):
        retention.hold(entry, reason=" ", by=by, at=due)
    for user in (people.director(), people.auditor(), people.person()):
        with pytest.raises(PermissionDenied):
            retention.hold(entry, reason="Recurso 12/2027.", by=user, at=due)
    retention.hold(entry, reason="Recurso 12/2027.", by=by, at=due)
    night(due + 9 * WEEK)
    assert ProposalSection.objects.filter(proposal=draft).exists()
    retention.release(entry, by=by, at=due + 9 * WEEK)
    night(due + 9 * WEEK + timedelta(days=1))
    assert ProposalSection.objects.filter(proposal=draft).exists()
    night(due + 10 * WEEK)

    assert not ProposalSection.objects.filter(proposal=draft).exists()


def test_an_account_nobody_uses_is_warned_of_a_month_before_and_signing_in_saves_it():
    idle, back = people.person(), people.person()
    due = clock.now() + holdings.UNUSED

    night(due - timedelta(days=31))
    night(due - timedelta(days=29))
    assert {entry.target for entry in waiting("accounts.unused")} >= {str(idle.pk), str(back.pk)}
    assert set(OutgoingEmail.objects.values_list("to", flat=True)) >= {idle.email, back.email} or mail.outbox
    User.objects.filter(pk=back.pk).update(last_login=due - timedelta(days=10))
    night(due + timedelta(days=5))

    assert set(Erasure.objects.values_list("user", flat=True)) == {idle.pk}
    assert Erasure.objects.get().by_schedule
    assert waiting("accounts.unused") == []


def test_who_has_a_part_in_the_citys_work_or_answers_for_an_organisation_is_not_idle():
    people.officer(), people.director(), people.delegate(), people.administrator()
    organisation()

    assert list(holdings.unused(clock.now() + 3 * YEAR)) == []


def test_a_paper_goes_a_year_after_its_end_unless_it_went_with_a_proposal():
    alone, sent = organisation(), organisation()
    replaced, used = paper(alone), paper(sent)
    hand_in(draft_proposal(open_call(), sent))
    for company in (alone, sent):
        paper(company)
    later = clock.now() + 2 * YEAR

    night(later)
    listed = set(RetentionEntry.objects.values_list("words", flat=True))
    night(later + WEEK)

    assert f"Un documento de una carpeta: {replaced.get_kind_display()}" in listed
    assert not DossierPaper.objects.filter(pk=replaced.pk).exists()
    assert DossierPaper.objects.filter(pk=used.pk).exists()
    assert not DossierPaper.objects.filter(organisation=alone).exists()  # the newer is over, too
    assert StoredFile.objects.filter(pk=used.file_id).exists()
    assert dossier.snapshot(sent, at=later) == []


def test_traces_are_swept():
    company, person = organisation(), people.person()
    membership.invite(company, email="nadie@example.test", role="editor", by=owner_of(company), at=clock.now())
    Notice.objects.create(
        recipient=person, kind="x", dedupe_key="x", created_at=clock.now() - timedelta(days=731), params={}
    )
    UserSession.objects.create(
        user=person, session_key="k", ip="127.0.0.1", last_seen_at=clock.now() - timedelta(days=91), user_agent="x"
    )
    never = User.objects.create_user(email="nunca@example.test", full_name="Nunca")
    User.objects.filter(pk=never.pk).update(date_joined=clock.now() - timedelta(days=31))
    EmailAddress.objects.create(user=never, email=never.email, verified=False, primary=True)

    foreseen = {each.rule.key: each.swept for each in retention.outlook(at=clock.now())}
    retention.run(at=clock.now())
    night(clock.now() + YEAR)

    assert foreseen["notices.old"] == foreseen["accounts.unconfirmed"] == 1
    assert foreseen["accounts.sessions"] >= 1
    assert not Notice.objects.filter(kind="x").exists()
    assert not UserSession.objects.filter(session_key="k").exists()
    assert not User.objects.filter(pk=never.pk).exists()
    assert not Invitation.objects.exists()


def test_one_thing_that_fails_is_in_nobodys_way(monkeypatch, caplog):
    first, second = (own_draft() for _number in range(2))
    due = max(first.challenge.closes_at, second.challenge.closes_at) + YEAR
    night(due)
    rule = rights.schedule.get("startups.drafts")

    def failing(target, at):
        if target == str(first.pk):
            raise RuntimeError("disk")
        return rule.carry_out(target, at)

    replaced = rights.Registry()
    replaced.register(rights.Rule(**{**rule.__dict__, "carry_out": failing}))
    monkeypatch.setattr(rights, "schedule", replaced)
    with clock.travel(due + WEEK):
        (done,) = retention.run(at=clock.now())

    assert (done.carried_out, done.failed) == (1, 1)
    assert [entry.target for entry in waiting("startups.drafts")] == [str(first.pk)]
    assert not ProposalSection.objects.filter(proposal=second).exists()


def test_the_command_only_looks_unless_told(capsys):
    draft = own_draft()

    with clock.travel(draft.challenge.closes_at + YEAR):
        call_command("retention")
        assert not RetentionEntry.objects.exists()
        assert f"startups.drafts {draft.pk}" in (said := capsys.readouterr().out)
        assert "  stays: " in said
        call_command("retention", "--run")
        assert waiting("startups.drafts")
        call_command("retention", "--dry-run")
        assert "listed: 1" in capsys.readouterr().out
    assert ProposalSection.objects.filter(proposal=draft).exists()


def test_the_office_sees_the_list_and_holds(client):
    draft = own_draft()
    due, by = draft.challenge.closes_at + YEAR, people.officer()
    night(due)
    (entry,) = waiting("startups.drafts")
    client.force_login(by)

    page = client.get(reverse("accounts:retention")).content.decode()
    address = reverse("accounts:hold", kwargs={"public_id": entry.public_id})
    assert entry.words in page
    assert address in page
    client.post(address, {"reason": "Recurso 12/2027."})
    assert "Recurso 12/2027." in client.get(reverse("accounts:retention")).content.decode()
    client.post(reverse("accounts:release", kwargs={"public_id": entry.public_id}))
    assert "Recurso 12/2027." not in client.get(reverse("accounts:retention")).content.decode()


def test_who_signs_in_while_the_run_is_at_others_keeps_the_account(monkeypatch):
    people.person(), people.person()
    due = clock.now() + holdings.UNUSED
    night(due - timedelta(days=29))
    erase = holdings.erase_unused
    saved = []

    def first_then_the_other_signs_in(target, at):
        words = erase(target, at)
        others = User.objects.filter(pk__in=[int(entry.target) for entry in waiting("accounts.unused")])
        saved.extend(others.exclude(pk=int(target)).values_list("pk", flat=True))
        User.objects.filter(pk__in=saved).update(last_login=at)
        return words

    rule = rights.schedule.get("accounts.unused")
    replaced = rights.Registry()
    replaced.register(rights.Rule(**{**rule.__dict__, "carry_out": first_then_the_other_signs_in}))
    monkeypatch.setattr(rights, "schedule", replaced)
    with clock.travel(due + timedelta(days=5)):
        retention.run(at=clock.now())

    assert saved
    assert Erasure.objects.count() == 1
    assert not Erasure.objects.filter(user__in=saved).exists()


def test_an_unconfirmed_account_named_for_something_stops_no_other():
    named, never = (User.objects.create_user(email=f"n{n}@example.test", full_name="Nunca") for n in range(2))
    for user in (named, never):
        EmailAddress.objects.create(user=user, email=user.email, verified=False, primary=True)
    people.delegate()
    DelegateAppointment.objects.update(substitute=named)
    User.objects.filter(pk__in=[named.pk, never.pk]).update(date_joined=clock.now() - timedelta(days=31))

    assert holdings.delete_unconfirmed(clock.now()) == 1

    assert list(User.objects.filter(pk__in=[named.pk, never.pk])) == [named]


def test_an_account_that_is_held_isnt_erased_by_its_owner_either():
    idle = people.person()
    due = clock.now() + holdings.UNUSED
    night(due - timedelta(days=29))
    (entry,) = RetentionEntry.objects.waiting().filter(rule="accounts.unused", target=str(idle.pk))
    retention.hold(entry, reason="Inspección 4.", by=people.officer(), at=clock.now())

    with pytest.raises(DomainError) as refused:
        erasure.erase(idle, by=idle, at=clock.now())
    assert "Inspección" not in str(refused.value)
    entry.refresh_from_db()
    retention.release(entry, by=people.officer(), at=clock.now())

    assert erasure.erase(idle, by=idle, at=clock.now())
