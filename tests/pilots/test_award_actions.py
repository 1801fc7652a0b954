"""Awards: the table, who may, two people, the winner's answer, refusal after approval, end without award."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from challenges.models import Status
from govtech.accounts.models import User
from govtech.audit.models import AuditEvent
from govtech.errors import DomainError, TransitionError
from govtech.notifications.models import Notice
from govtech.reference.models import Rules
from pilots.actions import award as actions
from pilots.actions import pilot as pilots
from pilots.actions import resolution as resolutions
from pilots.models import (
    Award,
    AwardStatus,
    Commitment,
    Expenditure,
    MilestoneStatus,
    Pilot,
    PilotStatus,
    Resolution,
    ResolutionKind,
)
from pilots.models.award import TRANSITIONS
from pilots.policies import award as policies
from pilots.policies.supplier import warnings_of
from startups.models import Organisation, Proposal, ProposalStatus
from tests import people
from tests.pilots import awards
from tests.pilots.money import line_of
from tests.startups.factories import member, owner_of

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n%%EOF\n"


def test_table_covers_every_status():
    assert set(TRANSITIONS) == set(AwardStatus)


@pytest.fixture
def challenge():
    return awards.ranked()


def reason(challenge):
    return {"reason": awards.REASON, "proposal": policies.candidates(challenge)[0]}


# Proposing --------------------------------------------------------------------------------------------


def test_proposal_takes_the_amounts_of_the_offer_and_ten_working_days(challenge):
    award = awards.proposed(challenge)

    assert (award.amount_net, award.vat_rate, award.amount_gross) == (
        Decimal("12000.00"),
        Decimal("21.00"),
        Decimal("14520.00"),
    )
    # from 20 April, without Saturdays, Sundays, 1 May (and 2 May, a Saturday)
    assert award.answer_due_on.isoformat() == "2026-05-05"
    winner = owner_of(award.proposal.organisation)
    assert Notice.objects.filter(recipient=winner, kind="award.proposed").count() == 1


@pytest.mark.parametrize("who", ["director", "auditor", "administrator", "person", "delegate"])
def test_only_officers_propose(challenge, who):
    by = getattr(people, who)()
    with awards.working() as at, pytest.raises(PermissionDenied):
        actions.propose(challenge, by=by, at=at, **reason(challenge))


def test_awards_follow_the_ranking(challenge):
    second = policies.candidates(challenge)[1]
    with awards.working() as at, pytest.raises(DomainError, match="orden de clasificación"):
        actions.propose(challenge, proposal=second, reason="x", by=people.officer(), at=at)


def test_no_more_awards_than_the_call_says(challenge):
    awards.proposed(challenge)
    with awards.working() as at, pytest.raises(DomainError, match="todas las adjudicaciones"):
        actions.propose(challenge, by=people.officer(), at=at, **reason(challenge))


def test_minor_contract_must_stay_under_the_limit(challenge):
    Rules.objects.update(minor_contract_limit_net=Decimal("12000.00"))
    with awards.working() as at, pytest.raises(DomainError, match="contrato menor"):
        actions.propose(challenge, by=people.officer(), at=at, **reason(challenge))


# Answering --------------------------------------------------------------------------------------------


def test_winner_declines_and_the_next_is_proposed(challenge):
    first = awards.proposed(challenge)
    with awards.working(1) as at:
        by = owner_of(first.proposal.organisation)
        with pytest.raises(DomainError) as refusal:
            actions.decline(first, note=" ", by=by, at=at)
        assert refusal.value.field == "note"
        first = actions.decline(first, note="Sin equipo.", by=by, at=at)

    second = awards.proposed(challenge)

    assert first.status == AwardStatus.DECLINED
    assert second.proposal != first.proposal
    assert Notice.objects.filter(kind="award.declined").exists()


def test_only_owners_of_the_organisation_answer(challenge):
    award = awards.proposed(challenge)
    for by in (member(award.proposal.organisation, "editor"), people.officer(), people.person()):
        with awards.working(1) as at, pytest.raises(PermissionDenied):
            actions.accept(award, by=by, at=at)


def test_papers_are_kept_until_the_decision(challenge):
    award = awards.proposed(challenge)
    by = owner_of(award.proposal.organisation)
    with awards.working(1) as at:
        upload = SimpleUploadedFile("estar-al-corriente.txt", b"al corriente", content_type="text/plain")
        actions.add_paper(award, title="Certificado", upload=upload, by=by, at=at)
        assert award.papers.count() == 1
        actions.decline(award, note="No.", by=by, at=at)
        with pytest.raises(TransitionError):
            actions.add_paper(award, title="Otro", upload=upload, by=by, at=at)


def test_office_withdraws_what_nobody_answers(challenge):
    award = awards.proposed(challenge)
    with awards.working(30) as at:
        actions.withdraw(award, reason="No respondió.", by=people.officer(), at=at)

    assert awards.proposed(challenge).proposal != award.proposal


# Approving --------------------------------------------------------------------------------------------


def test_approval_needs_a_verified_organisation(challenge):
    award = awards.proposed(challenge)
    with awards.working(1) as at:
        actions.accept(award, by=owner_of(award.proposal.organisation), at=at)
        with pytest.raises(DomainError, match="no ha verificado"):
            actions.prepare_approval(challenge, by=people.officer(), at=at)


def test_whoever_proposed_cannot_approve(challenge):
    both = people.person("Dos papeles", ("office", "directors"))
    awards.prepared(challenge, by=both)
    with awards.working(3) as at:
        with pytest.raises(DomainError, match="otra persona"):
            actions.approve(challenge, by=both, at=at)
        with pytest.raises(PermissionDenied):
            actions.approve(challenge, by=people.officer(), at=at)
    assert not Pilot.objects.exists()
    assert Award.objects.get().status == AwardStatus.ACCEPTED


def test_approval_does_everything_at_once():
    challenge = awards.ranked(("12000.00", "13000.00", "14000.00"), points=(5, 4, 4))

    awards.awarded(challenge)

    award = Award.objects.get()
    pilot = Pilot.objects.get()
    commitment = Commitment.objects.get()
    resolution = Resolution.objects.get()
    challenge.refresh_from_db()
    assert (challenge.status, award.status, pilot.status) == (Status.AWARDED, "approved", PilotStatus.PREPARING)
    assert (commitment.d, commitment.o) == (Decimal("14520.00"), Decimal("0.00"))
    assert pilot.reference == "PILOTO-2026-001"
    rows = list(pilot.milestones.order_by("number").values_list("amount_net", "amount_gross"))
    assert (sum(net for net, _ in rows), sum(gross for _, gross in rows)) == (award.amount_net, award.amount_gross)
    assert resolution.published_at is not None
    assert resolution.document.content_type == "application/pdf"
    outcomes = dict(Proposal.objects.filter(challenge=challenge).values_list("result__rank", "status"))
    assert outcomes == {1: ProposalStatus.AWARDED, 2: ProposalStatus.RESERVE, 3: ProposalStatus.RESERVE}
    told = {notice.recipient for notice in Notice.objects.filter(kind="award.resolved").select_related("recipient")}
    assert told == {owner_of(p.organisation) for p in Proposal.objects.all()}
    kinds = set(AuditEvent.objects.values_list("kind", flat=True))
    assert {"award.approved", "pilot.made", "resolution.published", "challenge.awarded"} <= kinds
    # a reserve can still step in: the difference to the most each award may cost stays authorised
    line = line_of(2026)
    assert line.a - line.d == Decimal("17545.00") - Decimal("14520.00")


def test_second_press_changes_nothing(challenge):
    awards.awarded(challenge)
    with awards.working(3) as at, pytest.raises(TransitionError):
        actions.approve(challenge, by=people.director(), at=at)
    assert Pilot.objects.count() == 1


def test_returned_award_can_be_prepared_again(challenge):
    awards.prepared(challenge)
    with awards.working(3) as at:
        actions.send_back(challenge, comment="Falta un papel.", by=people.director(), at=at)
        actions.prepare_approval(challenge, by=people.officer(), at=at)
        actions.approve(challenge, by=people.director(), at=at)
    assert Pilot.objects.count() == 1


# After the approval -----------------------------------------------------------------------------------


def test_refusal_gives_the_money_back_and_the_next_takes_it(challenge):
    pilot = awards.pilot_of(awards.awarded(challenge))
    with awards.working(5) as at:
        actions.refuse(pilot.award, reason="Renuncia.", by=people.officer(), at=at)

    pilot.refresh_from_db()
    line = line_of(2026)
    assert (line.a, line.d) == (Decimal("17545.00"), Decimal("0.00"))
    assert pilot.status == PilotStatus.TERMINATED
    assert set(pilot.milestones.values_list("status", flat=True)) == {MilestoneStatus.CANCELLED}
    awards.awarded(challenge)
    line = line_of(2026)
    assert (line.a, line.d) == (Decimal("16940.00"), Decimal("16940.00"))  # nobody is left: the rest is free
    assert Pilot.objects.count() == 2


def test_refusal_of_the_last_finishes_the_challenge_and_frees_everything():
    challenge = awards.ranked(("12000.00",), points=(5,))
    pilot = awards.pilot_of(awards.awarded(challenge))
    with awards.working(5) as at:
        actions.refuse(pilot.award, reason="Renuncia.", by=people.officer(), at=at)

    challenge.refresh_from_db()
    line = line_of(2026)
    assert (line.a, line.d, challenge.status) == (Decimal("0.00"), Decimal("0.00"), Status.FINISHED)


def test_started_pilot_is_not_refused(challenge):
    pilot = awards.running_pilot(awards.pilot_of(awards.awarded(challenge)))
    with awards.working(6) as at, pytest.raises(TransitionError, match="ha empezado"):
        actions.refuse(pilot.award, reason="Renuncia.", by=people.officer(), at=at)


def test_rest_of_the_reserve_is_freed_once_the_pilot_runs(challenge):
    pilot = awards.pilot_of(awards.awarded(challenge))
    with awards.working(3) as at, pytest.raises(DomainError):
        actions.release(challenge, by=people.officer(), at=at)
    awards.running_pilot(pilot)
    with awards.working(6) as at:
        freed = actions.release(challenge, by=people.officer(), at=at)

    assert freed == Decimal("3025.00")
    line = line_of(2026)
    assert (line.a, line.d) == (Decimal("14520.00"), Decimal("14520.00"))


def test_several_contracts_of_a_supplier_warn_and_do_not_block(challenge):
    award = awards.proposed(challenge)
    assert warnings_of([award], at=awards.WORKING)[award.pk] == ""
    other = Expenditure.objects.create(
        kind="technical_assistance", title="Apoyo", created_at=awards.SPRING, created_by=people.officer()
    )
    for days, net in ((10, "3000.00"), (400, "9000.00")):
        Commitment.objects.create(
            expenditure=other,
            supplier=award.proposal.organisation,
            amount_net=Decimal(net),
            vat_rate=0,
            amount_gross=Decimal(net),
            created_at=awards.WORKING - timedelta(days=days),
            created_by=people.officer(),
        )

    assert "3.000\N{NO-BREAK SPACE}€" in warnings_of([award], at=awards.WORKING)[award.pk]


# Without award ----------------------------------------------------------------------------------------


def end(challenge, kind=ResolutionKind.VOID, *, by=None):
    with awards.working(1) as at:
        resolutions.prepare_void(challenge, kind=kind, reason="Ninguna sirve.", by=by or people.officer(), at=at)
    with awards.working(2) as at:
        return resolutions.approve_void(challenge, by=people.director(), at=at)


def test_void_is_refused_while_somebody_is_over_the_threshold(challenge):
    with pytest.raises(DomainError, match=r"150\.3"):
        end(challenge)


def test_void_when_nobody_is_over_the_threshold_frees_the_money():
    challenge = awards.ranked(points=(1, 1))

    resolution = end(challenge)

    challenge.refresh_from_db()
    line = line_of(2026)
    assert (challenge.status, line.a, line.rc) == (Status.VOID, Decimal("0.00"), Decimal("0.00"))
    assert resolution.published_at is not None
    assert set(Proposal.objects.values_list("status", flat=True)) == {ProposalStatus.NOT_SELECTED}
    owners = {owner_of(proposal.organisation) for proposal in Proposal.objects.select_related("organisation")}
    for owner in owners:  # once, with the reasons: not twice in the same minute
        assert Notice.objects.filter(recipient=owner, kind__in=["award.ended", "award.resolved"]).count() == 1


def test_void_when_everybody_declines():
    challenge = awards.ranked(("12000.00",), points=(5,))
    award = awards.proposed(challenge)
    with awards.working() as at:
        actions.decline(award, note="No.", by=owner_of(award.proposal.organisation), at=at)

    assert end(challenge).kind == ResolutionKind.VOID


def test_waiver_withdraws_the_proposed_award(challenge):
    award = awards.proposed(challenge)

    end(challenge, ResolutionKind.WAIVED)

    award.refresh_from_db()
    challenge.refresh_from_db()
    assert (award.status, challenge.status) == (AwardStatus.WITHDRAWN, Status.WAIVED)


def test_void_takes_two_people():
    challenge = awards.ranked(points=(1, 1))
    both = people.person("Dos papeles", ("office", "directors"))
    with awards.working(1) as at:
        resolutions.prepare_void(challenge, kind=ResolutionKind.VOID, reason="Nadie.", by=both, at=at)
        with pytest.raises(DomainError, match="otra persona"):
            resolutions.approve_void(challenge, by=both, at=at)
        resolutions.send_back_void(challenge, comment="No.", by=people.director(), at=at)
    assert Resolution.objects.get(challenge=challenge).kind == ResolutionKind.AWARD


# Sight ------------------------------------------------------------------------------------------------


def test_who_sees_an_award_before_and_after_it_is_approved(challenge):
    award = awards.proposed(challenge)
    winner, other = owner_of(award.proposal.organisation), people.person()

    def seers() -> set[str]:
        everybody = {
            "winner": winner,
            "other": other,
            "officer": people.officer(),
            "director": people.director(),
            "auditor": people.auditor(),
            "administrator": people.administrator(),
            "delegate": people.delegate(challenge.department),
        }
        return {name for name, user in everybody.items() if Award.objects.visible_to(user).exists()}

    assert seers() == {"winner", "officer", "director", "auditor"}
    awards.verify(award.proposal.organisation)
    with awards.working(2) as at:
        actions.accept(award, by=User.objects.get(pk=winner.pk), at=at)
        awards.hand_in(award, at=at)
        actions.prepare_approval(challenge, by=people.officer(), at=at)
        actions.approve(challenge, by=people.director(), at=at)
    assert seers() == {"winner", "other", "officer", "director", "auditor", "administrator", "delegate"}


def test_award_is_not_prepared_while_its_end_without_award_waits(challenge):
    awards.accepted(challenge)
    with awards.working(2) as at:
        resolutions.prepare_void(challenge, kind=ResolutionKind.WAIVED, reason="Interés.", by=people.officer(), at=at)
        with pytest.raises(TransitionError):
            actions.prepare_approval(challenge, by=people.officer(), at=at)

    assert Resolution.objects.get(challenge=challenge).kind == ResolutionKind.WAIVED


def test_proposed_award_is_not_withdrawn_before_its_ten_working_days_are_over(challenge):
    award = awards.proposed(challenge)
    with awards.working(15) as at, pytest.raises(TransitionError):  # 5 May, the last day
        actions.withdraw(award, reason="Sin respuesta.", by=people.officer(), at=at)
    with awards.working(16) as at:
        assert actions.withdraw(award, reason="Sin respuesta.", by=people.officer(), at=at).status == "withdrawn"


def test_what_an_early_end_freed_leaves_the_next_award_its_own_reserve():
    challenge = awards.ranked(("7000.00", "7200.00"), awards_planned=2, max_amount_net=Decimal("7300.00"))
    pilot = awards.running_pilot(awards.pilot_of(awards.awarded(challenge)))
    with awards.working(40) as at:
        pilots.prepare_termination(pilot, reason="Quiebra.", hearing="Oída.", by=people.officer(), at=at)
        pilots.approve_termination(pilot, by=people.director(), at=at)

    challenge = awards.awarded(challenge)

    second = Award.objects.get(resolution__challenge=challenge, amount_net=Decimal("7200.00"))
    assert second.status == AwardStatus.APPROVED
    assert second.commitment.d == second.amount_gross == Decimal("8712.00")


def test_last_award_withdrawn_after_a_refusal_finishes_the_challenge(challenge):
    award = Award.objects.get(resolution__challenge=awards.awarded(challenge))
    with awards.working(4) as at:
        actions.refuse(award, reason="Renuncia.", by=people.officer(), at=at)
    last = awards.proposed(challenge)
    with awards.working(30) as at:
        actions.withdraw(last, reason="No respondió.", by=people.officer(), at=at)

    challenge.refresh_from_db()
    assert challenge.status == Status.FINISHED
    assert line_of(2026).a == 0


def test_last_award_declined_after_a_refusal_is_finished_by_the_office(challenge):
    award = Award.objects.get(resolution__challenge=awards.awarded(challenge))
    with awards.working(4) as at:
        actions.refuse(award, reason="Renuncia.", by=people.officer(), at=at)
    last = awards.proposed(challenge)
    with awards.working(5) as at:
        actions.decline(last, note="Sin equipo.", by=owner_of(last.proposal.organisation), at=at)
        actions.release(challenge, by=people.officer(), at=at)

    challenge.refresh_from_db()
    assert challenge.status == Status.FINISHED
    assert line_of(2026).a == 0


def test_finished_challenge_keeps_no_money_of_an_award_that_nobody_made():
    challenge = awards.ranked(("7000.00", "7200.00"), awards_planned=2, max_amount_net=Decimal("7300.00"))
    pilot = awards.completed_pilot(awards.running_pilot(awards.pilot_of(awards.awarded(challenge))))
    with awards.working(150) as at:
        pilots.decide(pilot, decision="stop", reason="No funciona.", by=people.officer(), at=at)

    challenge.refresh_from_db()
    assert challenge.status == Status.FINISHED
    line = line_of(2026)
    assert (line.a, line.p) == (Decimal("8470.00"), Decimal("8470.00"))


def test_whoever_verified_the_winner_cannot_approve(challenge):
    awards.prepared(challenge)
    director = people.director()
    Organisation.objects.filter(proposals__awards__isnull=False).update(verified_by=director)

    with awards.working(3) as at:
        with pytest.raises(DomainError, match="otra persona"):
            actions.approve(challenge, by=director, at=at)
        actions.approve(challenge, by=people.director(), at=at)


def test_reasons_of_a_later_award_are_published_with_it_and_not_before():
    challenge = awards.ranked(("7000.00", "7200.00"), awards_planned=2, max_amount_net=Decimal("7300.00"))
    awards.accepted(awards.awarded(challenge))
    with awards.working(4) as at:
        actions.prepare_approval(challenge, by=people.officer(), at=at, reason="Quedaba crédito.")
        assert "Quedaba" not in Resolution.objects.get().reason
        actions.approve(challenge, by=people.director(), at=at)

    assert Resolution.objects.get().reason.count("Quedaba crédito.") == 1
