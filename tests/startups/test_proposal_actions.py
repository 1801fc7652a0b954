"""Begin, write, hand in, replace, withdraw: what each does, when, and what it says when it may not."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone, translation

from challenges.models import ReferenceCounter
from govtech import clock
from govtech.accounts.models import User
from govtech.audit.models import AuditEvent
from govtech.errors import DomainError, TransitionError
from govtech.notifications.mails import message_of
from govtech.notifications.models import Notice
from startups.actions import envelope as envelopes
from startups.actions import organisation as organisations
from startups.actions import proposal as actions
from startups.actions.draft import save_sections
from startups.models import OrganisationRole, Participation, Proposal, ProposalStatus, Receipt, Submission
from startups.models.proposal import TRANSITIONS
from startups.policies import proposal as policies
from tests.people import person
from tests.startups import factories
from tests.startups.calls import after, announced_call, open_call, own_draft
from tests.startups.factories import draft_proposal, hand_in, member, organisation, owner_of, submitted_proposal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def save(proposal, key="title", body="Otro título de prueba", version=1, **kw):
    by = kw.pop("by", None) or owner_of(proposal.organisation)
    return actions.save_section(proposal, key, version=version, body=body, by=by, at=clock.now(), **kw)


# Beginning --------------------------------------------------------------------------------------------


def test_a_draft_takes_the_place_and_names_nothing_in_the_audit():
    challenge, company = open_call(), organisation()

    proposal = actions.start(challenge, company, by=owner_of(company), at=clock.now())

    assert proposal.status == ProposalStatus.DRAFT
    assert Participation.objects.filter(challenge=challenge, organisation=company, is_live=True).count() == 1
    event = AuditEvent.objects.get(kind="proposal.started")
    assert (event.target_id, event.reason, event.fields) == (str(proposal.pk), "", [])


def test_a_second_proposal_is_refused_with_the_way_out():
    challenge, company = open_call(), organisation()
    draft_proposal(challenge, company)

    with pytest.raises(DomainError, match=r"already takes part.*withdraw it before the deadline"):
        actions.start(challenge, company, by=owner_of(company), at=clock.now())


def test_a_withdrawn_organisation_begins_nothing():
    challenge, company = open_call(), organisation()
    organisations.withdraw(company, by=owner_of(company), at=clock.now())

    with pytest.raises(DomainError, match="left the programme"):
        actions.start(challenge, company, by=owner_of(company), at=clock.now())


def test_a_reader_and_a_stranger_begin_nothing():
    challenge, company = open_call(), organisation()

    with pytest.raises(DomainError, match="you can read, but not write"):
        actions.start(challenge, company, by=member(company, OrganisationRole.READER), at=clock.now())
    with pytest.raises(PermissionDenied):
        actions.start(challenge, company, by=person(), at=clock.now())


def test_a_draft_may_begin_before_the_opening_but_not_be_handed_in():
    proposal = draft_proposal(announced_call(), organisation())

    with pytest.raises(DomainError, match="takes proposals from"):
        hand_in(proposal)


def test_after_the_deadline_nothing_begins():
    challenge, company = open_call(), organisation()

    with after(challenge), pytest.raises(DomainError, match="deadline passed"):
        actions.start(challenge, company, by=owner_of(company), at=clock.now())


# Writing ----------------------------------------------------------------------------------------------


def test_a_save_over_a_newer_text_writes_nothing_and_gives_both():
    proposal = own_draft()
    editor = member(proposal.organisation)
    save(proposal, body="El de la editora", by=editor)

    with pytest.raises(actions.StaleError) as stale:
        save(proposal, body="El de la dueña")

    assert stale.value.theirs == "El de la editora"
    assert editor.short_name in str(stale.value)
    assert envelopes.working_copy(proposal).sections["title"] == "El de la editora"


def test_all_sections_of_a_page_are_saved_or_none():
    proposal = own_draft()
    save(proposal, "solution", "Nueva solución escrita")

    texts = {"title": (1, "Un título nuevo"), "solution": (1, "Pisada")}

    with pytest.raises(actions.StaleError):
        save_sections(proposal, texts, by=owner_of(proposal.organisation), at=clock.now())

    assert envelopes.working_copy(proposal).sections["title"] == factories.TEXTS["title"]


def test_a_text_of_a_hundred_thousand_characters_is_refused_beside_its_field():
    proposal = own_draft()

    with pytest.raises(DomainError, match="100,000 characters") as refusal:
        save(proposal, "solution", "a" * 100_000)

    assert refusal.value.field == "solution"


def test_a_text_over_its_words_is_kept_but_not_handed_in():
    proposal = own_draft()
    save(proposal, body="palabra " * 21)

    with pytest.raises(DomainError, match="has 21 words and 20 is the most"):
        hand_in(proposal)


def test_an_emoji_is_no_title():
    proposal = own_draft()
    save(proposal, body="🚀🚀🚀")

    with pytest.raises(DomainError, match="«Title of the proposal» is empty"):
        hand_in(proposal)


@pytest.mark.parametrize(
    ("amount", "words"), [("-1.00", "can't be below zero"), ("14500.01", "pays at most €14,500 without VAT")]
)
def test_an_impossible_price_is_refused_beside_its_field(amount, words):
    proposal = own_draft()

    with pytest.raises(DomainError, match=words) as refusal:
        save_price(proposal, amount)

    assert refusal.value.field == "amount_net"


def save_price(proposal, amount, milestones=None, version=1):
    amount = Decimal(amount)
    return actions.save_price(
        proposal,
        version=version,
        amount_net=amount,
        vat_regime="exempt",
        breakdown="",
        milestones=factories.milestones(amount) if milestones is None else milestones,
        by=owner_of(proposal.organisation),
        at=clock.now(),
    )


def test_milestones_must_add_up_to_the_price():
    proposal = own_draft()
    save_price(proposal, "12000.00", factories.milestones(Decimal("11999.99")))

    with pytest.raises(DomainError, match=r"add up to €11,999\.99 and the price is €12,000"):
        hand_in(proposal)


def test_a_reader_writes_nothing():
    proposal = own_draft()

    with pytest.raises(PermissionDenied):
        save(proposal, by=member(proposal.organisation, OrganisationRole.READER))


# Handing in -------------------------------------------------------------------------------------------


def test_handing_in_gives_a_receipt_that_can_be_checked_and_tells_every_member():
    proposal = own_draft()
    editor = member(proposal.organisation)

    receipt = hand_in(proposal)

    proposal.refresh_from_db()
    assert proposal.status == ProposalStatus.SUBMITTED
    assert receipt.received_at == receipt.submission.submitted_at == proposal.submitted_at
    assert receipt.register_number.startswith(f"REG-{clock.local_date(receipt.received_at).year}-0000")
    assert envelopes.computed_hash(receipt.submission) == receipt.manifest_hash
    assert receipt.submission.technical is receipt.submission.economic is None
    told = set(Notice.objects.filter(kind="proposal.submitted").values_list("recipient", flat=True))
    assert told == {editor.pk, owner_of(proposal.organisation).pk}


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_mail_proves_it_by_itself(language):
    proposal = own_draft()
    User.objects.filter(pk=owner_of(proposal.organisation).pk).update(language=language)

    receipt = hand_in(proposal)

    email = Notice.objects.get(kind="proposal.submitted").email
    mail = message_of(email)
    html = str(mail.alternatives[0][0])
    with translation.override(language):
        check = settings.SITE_URL.rstrip("/") + reverse("startups:verify", kwargs={"code": receipt.code})
    for said in (receipt.register_number, f"{receipt.received_at.astimezone():%H:%M:%S}"[-6:], receipt.manifest_hash):
        assert said in mail.body
        assert said in html
    assert receipt.code in mail.body.replace(check, "")
    assert check in mail.body
    assert check in html


def test_pressed_twice_it_is_handed_in_once():
    proposal = own_draft()

    assert hand_in(proposal) == hand_in(proposal)
    assert Submission.objects.count() == Receipt.objects.count() == 1


def test_a_new_version_replaces_the_former_and_keeps_it():
    proposal = submitted_proposal(open_call(), organisation())
    first = Receipt.objects.get()
    save(proposal)

    second = hand_in(proposal)

    first.submission.refresh_from_db()
    assert first.submission.superseded_by == second.submission
    assert (second.submission.number, second.submission.superseded_by) == (2, None)
    assert envelopes.verify(first.submission) == envelopes.verify(second.submission) == ""
    assert [int(each.register_number[-6:]) for each in (first, second)] == [1, 2]


def test_only_an_owner_hands_in():
    proposal = own_draft()

    with pytest.raises(PermissionDenied):
        hand_in(proposal, by=member(proposal.organisation))


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"signatory_name": " "}, "signatory_name"),
        ({"signatory_post": "-"}, "signatory_post"),
        ({"has_power": False}, "has_power"),
    ],
)
def test_the_declaration_is_needed(said, field):
    proposal = own_draft()

    with pytest.raises(DomainError) as refusal:
        hand_in(proposal, **said)

    assert refusal.value.field == field


@pytest.mark.parametrize("drift", [-3600, 3600])
@pytest.mark.parametrize(("second", "taken"), [(-1, True), (0, False), (1, False)])
def test_the_database_decides_the_deadline_whatever_the_web_process_thinks(second, taken, drift, monkeypatch):
    proposal = own_draft()
    wrong = timezone.now() + timedelta(seconds=drift)
    monkeypatch.setattr("django.utils.timezone.now", lambda: wrong)
    monkeypatch.setattr("time.time", lambda: wrong.timestamp())

    with after(proposal.challenge, seconds=second):
        if taken:
            assert hand_in(proposal).received_at == proposal.challenge.closes_at + timedelta(seconds=second)
        else:
            with pytest.raises(DomainError, match="deadline passed"):
                hand_in(proposal)
            assert not Receipt.objects.exists()


def test_a_refused_submission_uses_no_number():
    proposal = own_draft()
    with after(proposal.challenge), pytest.raises(DomainError):
        hand_in(proposal)

    assert not ReferenceCounter.objects.filter(prefix="REG").exists()


def test_with_the_broker_down_handing_in_works(django_capture_on_commit_callbacks):
    proposal = own_draft()

    with django_capture_on_commit_callbacks(execute=True):  # nobody listens at REDIS_URL
        receipt = hand_in(proposal)

    assert receipt.pk
    assert Notice.objects.filter(kind="proposal.submitted", email__sent_at=None).exists()


# Withdrawing ------------------------------------------------------------------------------------------


def test_withdrawing_is_recorded_and_frees_the_place():
    proposal = submitted_proposal(open_call(), organisation())
    owner = owner_of(proposal.organisation)

    actions.withdraw(proposal, by=owner)

    proposal.refresh_from_db()
    assert proposal.status == ProposalStatus.WITHDRAWN
    assert proposal.withdrawal.withdrawn_at == proposal.withdrawn_at
    assert submitted_proposal(proposal.challenge, proposal.organisation).pk != proposal.pk


def test_a_draft_is_put_away_before_the_opening_too():
    proposal = draft_proposal(announced_call(), organisation())

    actions.withdraw(proposal, by=owner_of(proposal.organisation))

    assert not Participation.objects.filter(is_live=True).exists()


def test_after_the_deadline_nothing_is_withdrawn_nor_written():
    proposal = submitted_proposal(open_call(), organisation())

    with after(proposal.challenge):
        with pytest.raises(DomainError, match="deadline passed"):
            actions.withdraw(proposal, by=owner_of(proposal.organisation))
        with pytest.raises(DomainError, match="deadline passed"):
            save(proposal)


@pytest.mark.parametrize("status", ProposalStatus)
def test_each_state_lets_pass_what_its_table_says(status):
    proposal = own_draft()
    owner = owner_of(proposal.organisation)
    proposal.status = status

    for new in (ProposalStatus.SUBMITTED, ProposalStatus.WITHDRAWN):
        if new in TRANSITIONS[status]:
            policies.check_move_to(proposal, new)
        else:
            with pytest.raises(TransitionError):
                policies.check_move_to(proposal, new)
    if status not in (ProposalStatus.DRAFT, ProposalStatus.SUBMITTED):
        with pytest.raises(DomainError):
            policies.check_can_submit(proposal, by=owner, at=clock.now())


def test_every_status_has_a_tone_and_a_row_in_the_table():
    assert set(TRANSITIONS) == set(ProposalStatus)
    assert all(status.tone for status in ProposalStatus)
    assert Proposal(status="draft").tone == "soon"
