"""Pilots: tables, who may, deliveries, invoices, payments, measures, early end, decision. To the cent."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.db.models import Sum

from challenges.models import Challenge, Status
from govtech import clock
from govtech.errors import DomainError, TransitionError
from govtech.notifications.models import Notice
from pilots.actions import annuity, ledger
from pilots.actions import indicator as indicators
from pilots.actions import invoice as invoices
from pilots.actions import milestone as milestones
from pilots.actions import pilot as actions
from pilots.models import (
    Expenditure,
    ExpenditureLine,
    FinalDecision,
    Invoice,
    LedgerEntry,
    LedgerPhase,
    Milestone,
    MilestoneStatus,
    Pilot,
    PilotStatus,
)
from pilots.models.milestone import STANDING_TONES, Standing
from pilots.models.milestone import TRANSITIONS as MILESTONE_TRANSITIONS
from pilots.models.pilot import TRANSITIONS
from tests import people
from tests.conftest import as_application
from tests.pilots import awards
from tests.pilots.money import funded_year, line_of, opened_years
from tests.startups.factories import member

pytestmark = pytest.mark.django_db


def test_tables_cover_every_status():
    assert set(TRANSITIONS) == set(PilotStatus)
    assert set(MILESTONE_TRANSITIONS) == set(MilestoneStatus)
    assert set(STANDING_TONES) == set(Standing)


@pytest.fixture
def pilot():
    return awards.running_pilot()


def raw(sql: str, *params) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


# The matrix -------------------------------------------------------------------------------------------

MOVES = {
    "start": PilotStatus.RUNNING,
    "suspend": PilotStatus.SUSPENDED,
    "resume": PilotStatus.RUNNING,
    "prepare_termination": PilotStatus.TERMINATED,
}
WORKS = {
    "start": {PilotStatus.PREPARING},
    "suspend": {PilotStatus.RUNNING},
    "resume": {PilotStatus.SUSPENDED},
    "prepare_termination": {PilotStatus.RUNNING, PilotStatus.SUSPENDED},
}


@pytest.mark.parametrize("name", MOVES)
def test_each_move_works_exactly_where_the_table_allows(pilot, name):
    arguments = {
        "start": {"starts_on": awards.STARTS_ON},
        "suspend": {"reason": "Obras."},
        "resume": {},
        "prepare_termination": {"reason": "Quiebra.", "hearing": "Oída."},
    }[name]
    worked = set()
    by = people.officer()
    for status in PilotStatus:
        Pilot.objects.filter(pk=pilot.pk).update(status=status)
        try:
            with awards.working(5) as at, transaction.atomic():
                getattr(actions, name)(pilot, by=by, at=at, **arguments)
                worked.add(status)
                transaction.set_rollback(True)
        except TransitionError:
            continue

    assert worked == WORKS[name]
    assert all(MOVES[name] in TRANSITIONS[status] for status in worked)


@pytest.mark.parametrize(("name", "works"), [
    ("deliver", {MilestoneStatus.PENDING, MilestoneStatus.RETURNED}),
    ("give_back", {MilestoneStatus.DELIVERED}),
    ("accept", {MilestoneStatus.DELIVERED}),
])  # fmt: skip
def test_each_step_of_a_milestone_works_exactly_where_the_table_allows(pilot, name, works):
    arguments = {"deliver": {"note": "Hecho."}, "give_back": {"reason": "Falta."}, "accept": {}}[name]
    by = awards.company_of(pilot) if name == "deliver" else awards.delegate_of(pilot)
    milestone, worked = awards.milestone_of(pilot), set()
    for status in set(MilestoneStatus) - {MilestoneStatus.ACCEPTED}:
        Milestone.objects.filter(pk=milestone.pk).update(status=status)
        try:
            with awards.working(5) as at, transaction.atomic():
                getattr(milestones, name)(milestone, by=by, at=at, **arguments)
                worked.add(status)
                transaction.set_rollback(True)
        except TransitionError:
            continue
    assert worked == works


# Start ------------------------------------------------------------------------------------------------


def test_start_needs_a_charter_and_moves_the_calendar():
    pilot = awards.preparing_pilot()
    by = awards.delegate_of(pilot)
    with awards.working(4) as at:
        with pytest.raises(DomainError, match="hipótesis"):
            actions.start(pilot, starts_on=awards.STARTS_ON, by=by, at=at)
        awards.agreed(pilot, at=at)
        with pytest.raises(DomainError) as refusal:
            actions.start(pilot, starts_on=date(2026, 1, 5), by=by, at=at)
        assert refusal.value.field == "starts_on"
        pilot = actions.start(pilot, starts_on=date(2026, 6, 1), by=by, at=at)

    assert list(pilot.milestones.order_by("number").values_list("due_on", flat=True)) == [
        date(2026, 7, 1),
        date(2026, 9, 1),
    ]
    assert Challenge.objects.get(pk=pilot.challenge_id).status == Status.PILOTING
    assert (pilot.ends_on - pilot.starts_on).days < 366


def test_strangers_do_nothing(pilot):
    milestone = awards.delivered(pilot)
    reader = member(pilot.organisation, "reader")
    for by in (
        people.person(),
        people.delegate(people.department("D07")),
        people.auditor(),
        people.administrator(),
        reader,
    ):
        with awards.working(6) as at:
            for act in (
                lambda by=by, at=at: actions.suspend(pilot, reason="x", by=by, at=at),
                lambda by=by, at=at: milestones.accept(milestone, by=by, at=at),
                lambda by=by, at=at: milestones.deliver(milestone, note="x", by=by, at=at),
                lambda by=by, at=at: invoices.record(
                    milestone,
                    number="1",
                    issued_on=date.min,
                    received_on=date.min,
                    base=1,
                    vat=0,
                    total=1,
                    by=by,
                    at=at,
                ),
            ):
                with pytest.raises(PermissionDenied):
                    act()


def test_worked_on_by_is_company_department_and_office(pilot):
    def works(user) -> bool:
        return Pilot.objects.worked_on_by(user).exists()

    assert all(works(user) for user in (
        awards.company_of(pilot), awards.delegate_of(pilot), people.officer(), people.director(), people.auditor(),
    ))  # fmt: skip
    other = people.delegate(people.department("D07"))
    assert not any(works(user) for user in (people.person(), people.administrator(), other))


# Milestones, invoices, payments -----------------------------------------------------------------------


def test_returned_milestone_comes_back_with_its_files(pilot):
    milestone = awards.delivered(pilot)
    by = awards.delegate_of(pilot)
    with awards.working(55) as at:
        with pytest.raises(DomainError) as refusal:
            milestones.give_back(milestone, reason=" ", by=by, at=at)
        assert refusal.value.field == "reason"
        milestones.give_back(milestone, reason="Falta el informe.", by=by, at=at)
        upload = SimpleUploadedFile("informe.txt", b"informe", content_type="text/plain")
        milestones.deliver(milestone, note="Va.", files=[upload], by=awards.company_of(pilot), at=at)
    assert milestone.files.count() == 1
    assert Notice.objects.filter(kind="milestone.returned", recipient=awards.company_of(pilot)).exists()


def test_suspended_pilot_takes_no_delivery(pilot):
    with awards.working(6) as at:
        actions.suspend(pilot, reason="Obras.", by=people.officer(), at=at)
        with pytest.raises(TransitionError, match="en marcha"):
            milestones.deliver(awards.milestone_of(pilot), note="x", by=awards.company_of(pilot), at=at)


@pytest.mark.parametrize(("change", "field", "words"), [
    ({"base": Decimal("5999.99"), "total": Decimal("7259.99")}, "base", "5999,99|5.999,99"),
    ({"vat": Decimal("1259.99"), "total": Decimal("7259.99")}, "vat", "1.259,99"),
    ({"total": Decimal("7261.00")}, "total", "suman"),
    ({"received_on": date(2026, 1, 1)}, "received_on", "antes de su fecha"),
    ({"received_on": date(2026, 12, 31)}, "received_on", "no ha llegado"),
])  # fmt: skip
def test_invoice_that_does_not_match_is_refused_beside_its_field(pilot, change, field, words):
    milestone = awards.accept(pilot)

    with pytest.raises(DomainError, match=words) as refusal:
        awards.invoice_of(milestone, **change)

    assert refusal.value.field == field
    assert not Invoice.objects.exists()
    assert not LedgerEntry.objects.filter(phase=LedgerPhase.O).exists()


def test_number_of_an_invoice_is_used_once_by_a_company(pilot):
    awards.invoice_of(awards.accept(pilot, 1), number="F-1")
    with pytest.raises(DomainError) as refusal:
        awards.invoice_of(awards.accept(pilot, 2), number="f-1")
    assert refusal.value.field == "number"


def test_whoever_accepted_cannot_record_the_invoice(pilot):
    delegate = awards.delegate_of(pilot)
    delegate.groups.add(*people.officer().groups.all())
    milestone = awards.accept(pilot)

    with pytest.raises(PermissionDenied, match="otra persona"):
        awards.invoice_of(milestone, by=awards.User.objects.get(pk=delegate.pk))


def test_invoice_is_recorded_and_paid_once(pilot):
    milestone = awards.accept(pilot)
    with pytest.raises(TransitionError):
        awards.invoice_of(awards.milestone_of(pilot, 2))
    invoice = awards.invoice_of(milestone)
    with pytest.raises(TransitionError, match="ya está registrada"):
        awards.invoice_of(awards.milestone_of(pilot, 1))
    awards.paid(invoice)
    with pytest.raises(TransitionError, match="ya está registrado"):
        awards.paid(invoice)

    line = line_of(2026)
    assert (line.o, line.p) == (Decimal("7260.00"), Decimal("7260.00"))
    assert invoice.pay_by_on == date(2026, 7, 13)  # received on 11 June; 11 July is a Saturday
    assert awards.milestone_of(pilot, 1).standing(date(2026, 9, 1)) == Standing.PAID


def test_payment_dates_are_checked_beside_their_fields(pilot):
    invoice = awards.invoice_of(awards.accept(pilot))
    day = invoice.received_on
    for ordered, paid, field in (
        (day - timedelta(days=1), day, "ordered_on"),
        (day, day - timedelta(days=1), "paid_on"),
        (day, day + timedelta(days=300), "paid_on"),
    ):
        with awards.working(80) as at, pytest.raises(DomainError) as refusal:
            invoices.pay(invoice, ordered_on=ordered, paid_on=paid, by=people.officer(), at=at)
        assert refusal.value.field == field


def test_last_acceptance_completes_the_pilot(pilot):
    awards.accept(pilot, 1)
    assert awards.pilot_of(pilot.challenge).status == PilotStatus.RUNNING
    awards.accept(pilot, 2)
    assert awards.pilot_of(pilot.challenge).status == PilotStatus.COMPLETED


# Early end --------------------------------------------------------------------------------------------


def ended(pilot, *, by=None):
    with awards.working(100) as at:
        actions.prepare_termination(pilot, reason="Cierra.", hearing="Oída.", by=by or people.officer(), at=at)
        return actions.approve_termination(pilot, by=people.director(), at=at)


def test_early_end_pays_what_was_accepted_and_frees_the_rest(pilot):
    first = awards.accept(pilot, 1)
    before = line_of(2026).available

    pilot = ended(pilot)

    line = line_of(2026)
    assert (line.d, line.o) == (Decimal("7260.00"), Decimal("0.00"))
    assert line.available == before + Decimal("7260.00")
    assert pilot.status == PilotStatus.TERMINATED
    assert awards.milestone_of(pilot, 2).status == MilestoneStatus.CANCELLED
    awards.paid(awards.invoice_of(first))  # what was accepted is still invoiced and paid
    line = line_of(2026)
    assert (line.d, line.o, line.p) == (Decimal("7260.00"),) * 3


def test_early_end_takes_two_people(pilot):
    both = people.person("Dos papeles", ("office", "directors"))
    with awards.working(100) as at:
        actions.prepare_termination(pilot, reason="Cierra.", hearing="Oída.", by=both, at=at)
        with pytest.raises(DomainError, match="otra persona"):
            actions.approve_termination(pilot, by=both, at=at)
    assert line_of(2026).d == Decimal("14520.00")
    assert awards.pilot_of(pilot.challenge).status == PilotStatus.RUNNING


# Years ------------------------------------------------------------------------------------------------


def across_years():
    """A pilot that starts in November: a milestone in December, another in February of a year not open yet."""
    pilot = awards.preparing_pilot()
    with clock.travel(awards.SPRING):
        funded_year(2027, is_open=False)
    return awards.running_pilot(pilot, starts_on=date(2026, 11, 2))


def annuities(pilot):
    rows = ExpenditureLine.objects.filter(expenditure=pilot.award.commitment.expenditure)
    return {row.line.budget_year.year: (row.a, row.d) for row in rows.select_related("line__budget_year")}


def test_start_moves_the_annuity_to_the_year_of_the_milestone():
    pilot = across_years()

    # the second half waits, authorised, until 2027 opens; the difference to the most stays in 2026 for a reserve
    assert annuities(pilot) == {
        2026: (Decimal("10285.00"), Decimal("7260.00")),
        2027: (Decimal("7260.00"), Decimal("0.00")),
    }
    with awards.working(5):
        opened_years(2027)
    with awards.working(6) as at:
        annuity.settle(pilot.award.commitment, by=people.officer(), at=at, reason="Abre 2027")
    assert annuities(pilot)[2027] == (Decimal("7260.00"), Decimal("7260.00"))
    pilot.award.commitment.refresh_from_db()
    assert pilot.award.commitment.d == pilot.award.amount_gross


def test_early_end_frees_what_waits_for_a_year_to_open():
    pilot = across_years()

    ended(pilot)

    assert annuities(pilot) == {
        2026: (Decimal("3025.00"), Decimal("0.00")),
        2027: (Decimal("0.00"), Decimal("0.00")),
    }


def test_early_end_after_an_early_invoice_leaves_nothing_committed_in_the_year_that_opened():
    pilot = across_years()
    awards.invoice_of(awards.accept(pilot, 2))  # due in 2027, invoiced in 2026 with the money of 2026
    with awards.working(90):
        opened_years(2027)  # commits the second half again: the first is still to come

    ended(pilot)

    assert [(d, year) for year, (_a, d) in annuities(pilot).items() if d] == [(Decimal("7260.00"), 2026)]
    assert sum(a - d for a, d in annuities(pilot).values()) == Decimal("3025.00")  # the reserve's own difference
    commitment = pilot.award.commitment
    commitment.refresh_from_db()
    assert commitment.d == commitment.o == Decimal("7260.00")


def test_year_without_a_line_is_refused_in_words():
    pilot = awards.preparing_pilot()
    by = awards.delegate_of(pilot)
    with awards.working(4) as at:
        awards.agreed(pilot, at=at)
        with pytest.raises(DomainError, match="2027"):
            actions.start(pilot, starts_on=date(2026, 11, 2), by=by, at=at)
    assert awards.pilot_of(pilot.challenge).status == PilotStatus.PREPARING


# Measures and decision --------------------------------------------------------------------------------


def test_values_have_a_day_each_and_are_not_of_tomorrow(pilot):
    indicator = awards.measured(pilot, ("17.2",))
    by = awards.company_of(pilot)
    with awards.working(45) as at:
        today = clock.local_date(at)
        for day in (today, today + timedelta(days=1)):
            with pytest.raises(DomainError) as refusal:
                indicators.measure(indicator, measured_on=day, value=Decimal(1), evidence="x", by=by, at=at)
            assert refusal.value.field == "measured_on"


def test_target_on_the_wrong_side_is_refused(pilot):
    with awards.working(6) as at, pytest.raises(DomainError) as refusal:
        indicators.add(
            pilot,
            name="x",
            unit="%",
            direction="up",
            baseline=Decimal(9),
            target=Decimal(8),
            by=people.officer(),
            at=at,
        )
    assert refusal.value.field == "target"


def test_decision_finishes_the_challenge_and_closes_the_figures():
    pilot = awards.completed_pilot()
    by = awards.delegate_of(pilot)
    with awards.working(120) as at:
        with pytest.raises(DomainError) as refusal:
            actions.decide(pilot, decision=FinalDecision.SCALE, reason="Sí.", by=by, at=at)
        assert refusal.value.field == "decision"
    indicator = awards.measured(pilot)
    with awards.working(130) as at:
        pilot = actions.decide(pilot, decision=FinalDecision.SCALE, reason="Sí.", by=by, at=at)
        with pytest.raises(TransitionError):
            actions.decide(pilot, decision=FinalDecision.STOP, reason="No.", by=by, at=at)
        with pytest.raises(TransitionError):
            indicators.measure(indicator, measured_on=date(2026, 8, 1), value=Decimal(1), evidence="x", by=by, at=at)
    assert Challenge.objects.get(pk=pilot.challenge_id).status == Status.FINISHED


def test_running_pilot_is_not_decided(pilot):
    with awards.working(10) as at, pytest.raises(TransitionError):
        actions.decide(pilot, decision=FinalDecision.STOP, reason="No.", by=people.officer(), at=at)


# What the database refuses, as the application --------------------------------------------------------


def test_database_refuses_milestones_that_do_not_add_up(pilot):
    sql = "UPDATE pilots_milestone SET amount_net = amount_net - 1 WHERE pilot_id = %s AND number = 1"
    with as_application(), pytest.raises(DatabaseError, match="add up"), transaction.atomic():
        raw(f"SET CONSTRAINTS ALL IMMEDIATE; {sql}", pilot.pk)


def test_database_refuses_a_commitment_at_the_minor_limit(pilot):
    with as_application(), pytest.raises(DatabaseError, match="minor contract"), transaction.atomic():
        raw(
            "UPDATE pilots_commitment SET amount_net = 15000, amount_gross = 18150 WHERE id = %s",
            pilot.award.commitment.pk,
        )


def test_database_refuses_sums_written_by_hand_and_deleted_entries(pilot):
    for statement in (
        "UPDATE pilots_commitment SET o = 1",
        "UPDATE pilots_milestone SET p = 1",
        "DELETE FROM pilots_ledgerentry",
    ):
        with as_application(), pytest.raises(DatabaseError), transaction.atomic():
            raw(statement)


def test_database_refuses_an_obligation_of_what_is_not_accepted(pilot):
    commitment = pilot.award.commitment
    with awards.working(6) as at, pytest.raises(DomainError):
        ledger.post(
            line_of(2026),
            Expenditure.objects.get(challenge=pilot.challenge),
            LedgerPhase.O,
            Decimal("7260.00"),
            by=people.officer(),
            at=at,
            commitment=commitment,
            milestone=awards.milestone_of(pilot, 1),
        )


def test_ledger_of_a_whole_pilot_adds_up_by_phase():
    pilot = awards.completed_pilot()
    rows = LedgerEntry.objects.filter(commitment=pilot.award.commitment).values("phase").annotate(sum=Sum("amount"))
    assert {row["phase"]: row["sum"] for row in rows} == dict.fromkeys("DOP", pilot.award.amount_gross)


def test_pilot_whose_last_milestone_was_accepted_while_suspended_ends_when_it_goes_on(pilot):
    awards.accept(pilot, 1)
    awards.delivered(pilot, 2)
    with awards.working(81) as at:
        actions.suspend(pilot, reason="Obras.", by=people.officer(), at=at)
        milestones.accept(awards.milestone_of(pilot, 2), by=awards.delegate_of(pilot), at=at)
    with awards.working(82) as at:
        pilot = actions.resume(pilot, by=people.officer(), at=at)

    assert pilot.status == PilotStatus.COMPLETED


def test_early_end_of_a_pilot_that_ended_meanwhile_can_be_returned(pilot):
    awards.accept(pilot, 1)
    with awards.working(60) as at:
        actions.prepare_termination(pilot, reason="Retrasos.", hearing="Oída.", by=people.officer(), at=at)
    awards.accept(pilot, 2)
    with awards.working(90) as at:
        with pytest.raises(TransitionError):
            actions.approve_termination(pilot, by=people.director(), at=at)
        with pytest.raises(PermissionDenied):
            actions.return_termination(pilot, comment="Ya terminó.", by=people.officer(), at=at)
        decision = actions.return_termination(pilot, comment="Ya terminó.", by=people.director(), at=at)

    assert decision.returned_at


def test_opening_a_year_commits_what_waited_for_it():
    pilot = awards.preparing_pilot(pilot_starts_on=date(2026, 11, 2))
    commitment = pilot.award.commitment
    waits = annuity.pending_by_year(commitment)
    assert list(waits) == [2027]
    before = commitment.d

    with awards.working(5):
        opened_years(2027)

    commitment.refresh_from_db()
    assert not annuity.pending_by_year(commitment)
    assert commitment.d == before + waits[2027] == commitment.amount_gross
    assert line_of(2027).d == waits[2027]


def test_last_day_to_pay_is_a_working_day(pilot):
    milestone = awards.accept(pilot, 1)
    Milestone.objects.filter(pk=milestone.pk).update(accepted_at=clock.now().replace(year=2026, month=6, day=4))
    day = date(2026, 6, 4)  # 30 days later: Saturday, 4 July
    invoice = awards.invoice_of(awards.milestone_of(pilot, 1), issued_on=day, received_on=day)

    assert invoice.pay_by_on == date(2026, 7, 6)
