"""The money of a challenge through its actions, to the cent, and its refusals in words."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from challenges.actions import lifecycle
from challenges.models import Challenge, Status
from govtech import clock
from govtech.audit.models import AuditEvent, DecisionKind, PreparedDecision
from govtech.clock import local_date
from govtech.errors import DomainError, TransitionError
from govtech.files.actions import read, store_bytes
from govtech.notifications.models import Notice
from govtech.reference.models import Rules
from pilots.actions import credit, ledger, report
from pilots.models import Expenditure, ExpenditureLine, LedgerEntry, LedgerPhase
from pilots.policies import credit as policies
from tests import people
from tests.challenges.factories import draft_challenge, submitted_challenge, unfunded
from tests.pilots.ledgers import contract, flush_deferred, pilot_of, spending_file
from tests.pilots.money import funded_year, line_of, opened_years, parts, prepared, published

pytestmark = pytest.mark.django_db
LAW = {"independent_objects_reason": "Dos distritos, dos servicios distintos."}


def euro(text: str) -> Decimal:
    return Decimal(text)


@pytest.fixture
def office() -> tuple[Any, Any]:
    return people.officer(), people.director()


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


def legal_report() -> Any:
    return store_bytes(b"%PDF-", name="x.pdf", content_type="application/pdf", by=None, at=clock.now())


def next_year() -> int:
    return local_date(clock.now()).year + 1


def sums(line: Any) -> dict[str, Decimal]:
    fresh = line_of(line.budget_year.year, line.code)
    return {name: getattr(fresh, name) for name in ("rc", "a", "d", "o", "p")}


def all_equal(amount: str, rc: str = "0.00") -> dict[str, Decimal]:
    return {"rc": euro(rc)} | dict.fromkeys(("a", "d", "o", "p"), euro(amount))


# The worked example of the programme's rules --------------------------------------------------------


def test_worked_example_to_the_cent(office):
    officer, director = office
    at, year = clock.now(), next_year()
    funded_year(year, "95000.00", is_open=False, officer=officer, director=director)
    line = line_of(year)
    challenge = submitted_challenge(awards_planned=2, independent_objects_report=legal_report(), **LAW)
    credit.prepare_publication(
        challenge, lines=[{"line": line.pk, "amount": "35090.00"}], publish_at=None, by=officer, at=at
    )
    assert sums(line)["rc"] == euro("35090.00")
    challenge = credit.approve_challenge(challenge, by=director, at=at)
    assert (sums(line)["rc"], sums(line)["a"]) == (0, euro("35090.00"))
    flush_deferred()
    opened_years(year)
    file = Expenditure.objects.get(challenge=challenge)
    post = _poster(line, file, by=officer, at=at)

    first, m1 = pilot_of(challenge, file, "14000.00", ["4000", "5000", "5000"], officer=officer, director=director)
    second, _m2 = pilot_of(challenge, file, "13500.00", ["13500"], officer=officer, director=director)
    post("D", "16940.00", commitment=first)
    post("D", "16335.00", commitment=second)
    with pytest.raises(DomainError, match="1,815"):  # no more can be committed than what is authorised
        post("D", "1815.01", commitment=second)
    ledger.take_back(line, file, "D", euro("16335.00"), commitment=second, by=officer, at=at, reason="Renuncia")
    third, m3 = pilot_of(challenge, file, "14500.00", ["4500", "10000"], officer=officer, director=director)
    post("D", "17545.00", commitment=third)
    _end_evaluation(challenge)
    ledger.take_back(line, file, "A", euro("605.00"), by=director, at=at, reason="Lista de reserva caducada")
    for milestone, amount in zip(m1, ("4840.00", "6050.00", "6050.00"), strict=True):
        post("O", amount, commitment=first, milestone=milestone)
        post("P", amount, commitment=first, milestone=milestone)
    post("O", "5445.00", commitment=third, milestone=m3[0])
    post("P", "5445.00", commitment=third, milestone=m3[0])
    ledger.take_back(line, file, "D", euro("12100.00"), commitment=third, by=director, at=at, reason="Terminado")
    ledger.take_back(line, file, "A", euro("12100.00"), by=director, at=at, reason="Terminado")

    flush_deferred()
    assert sums(line) == all_equal("22385.00")
    assert euro("35090.00") - sums(line)["a"] == euro("12705.00")
    assert line_of(year).available == euro("95000.00") - euro("22385.00")
    assert {row.phase: row.amount for row in LedgerEntry.objects.filter(amount=euro("-605.00"))} == {
        "A": euro("-605.00")
    }


def _poster(line: Any, file: Expenditure, **common: Any) -> Any:
    def post(phase: str, amount: str, **kw: Any) -> LedgerEntry:
        return ledger.post(line, file, LedgerPhase(phase), euro(amount), **kw, **common)

    return post


def _end_evaluation(challenge: Challenge) -> None:
    """Move the challenge on without its story: what was promised on publication no longer binds."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        Challenge.objects.filter(pk=challenge.pk).update(status=Status.AWARDED)
        cursor.execute("SET LOCAL session_replication_role = origin")


# Preparing and approving ----------------------------------------------------------------------------


def test_reserve_is_made_and_the_director_is_told(office):
    officer, director = office
    challenge = prepared(officer=officer)

    file = Expenditure.objects.get(challenge=challenge)
    assert sum(row.rc for row in file.lines.all()) == euro("17545.00")
    assert challenge.status == Status.SUBMITTED
    told = Notice.objects.filter(kind="decision.prepared", address__contains="/").values_list("recipient", flat=True)
    assert director.pk in told
    assert officer.pk not in told
    assert AuditEvent.objects.filter(kind="spending.prepared", amount=euro("17545.00")).count() == 1


def test_approval_consumes_the_reserve_publishes_and_keeps_the_report(office):
    officer, director = office
    challenge = published(officer=officer, director=director)

    flush_deferred()
    file = Expenditure.objects.get(challenge=challenge)
    assert [(row.rc, row.d) for row in file.lines.all()] == [(0, 0)] * file.lines.count()
    assert sum(row.a for row in file.lines.all()) == euro("17545.00")
    assert challenge.status == Status.PUBLISHED
    assert challenge.reference.startswith("RETO-")
    assert read(challenge.needs_report).startswith(b"%PDF-")
    assert Notice.objects.filter(kind="decision.approved", recipient=officer).count() == 1


def test_split_crosses_the_year_by_months_of_acceptance():
    year = next_year()
    challenge = draft_challenge(pilot_starts_on=date(year, 10, 4), duration_months=6)

    proposed = credit.lines_for(challenge, at=clock.now())
    assert [(part["year"], part["amount"]) for part in proposed] == [
        (year, euro("5848.33")),
        (year + 1, euro("11696.67")),
    ]


def test_not_enough_credit_names_line_asked_and_available(office):
    officer, _director = office
    challenge = submitted_challenge()
    year = funded_year(next_year(), "17000.00", is_open=False, officer=officer)

    with pytest.raises(DomainError) as caught:
        credit.prepare_publication(
            challenge, lines=[{"line": line_of(year).pk, "amount": "17545.00"}], publish_at=None, by=officer,
            at=clock.now(),
        )  # fmt: skip
    for part in ("RETOS Contratos de retos", str(year.year), "€17,545", "€17,000"):
        assert part in str(caught.value)
    assert not LedgerEntry.objects.exists()
    assert not PreparedDecision.objects.filter(kind=DecisionKind.PUBLICATION).exists()


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [{"line": "x", "amount": "17545"}],
        [{"amount": "17545"}],
        [{"line": 1, "amount": "abc"}],
        [{"line": 1, "amount": "NaN"}],
        [{"line": 0, "amount": "17545.00"}],
        "same",
        "short",
        "negative",
        "thirds",
    ],
)
def test_lines_that_make_no_sense_are_refused_in_words(office, lines):
    officer, _director = office
    line = line_of(funded_year(next_year(), is_open=False, officer=officer)).pk
    lines = {
        "same": [{"line": line, "amount": "10000"}, {"line": line, "amount": "7545"}],
        "short": [{"line": line, "amount": "17544.99"}],
        "negative": [{"line": line, "amount": "-1"}],
        "thirds": [{"line": line, "amount": "17544.999"}],
    }.get(lines if isinstance(lines, str) else "", lines)

    with pytest.raises(DomainError):
        credit.prepare_publication(submitted_challenge(), lines=lines, publish_at=None, by=officer, at=clock.now())
    assert not LedgerEntry.objects.exists()


def test_line_of_a_past_year_is_refused(office):
    officer, director = office
    past = line_of(funded_year(next_year() - 2, officer=officer, director=director))

    with pytest.raises(DomainError, match="which is over"):
        credit.prepare_publication(
            submitted_challenge(), lines=[{"line": past.pk, "amount": "17545"}], publish_at=None, by=officer,
            at=clock.now(),
        )  # fmt: skip


def test_estimated_value_at_the_limit_is_a_hard_stop(office):
    officer, _director = office
    challenge = submitted_challenge()
    Challenge.objects.filter(pk=challenge.pk).update(awards_planned=2)
    challenge.refresh_from_db()

    with pytest.raises(DomainError, match="15,000"):
        credit.prepare_publication(challenge, lines=parts(challenge), publish_at=None, by=officer, at=clock.now())


@pytest.mark.parametrize("role", ["delegate", "auditor", "administrator", "person"])
def test_only_the_office_prepares(role):
    challenge = submitted_challenge()

    with pytest.raises(PermissionDenied):
        credit.prepare_publication(
            challenge, lines=parts(challenge), publish_at=None, by=getattr(people, role)(), at=clock.now()
        )


def test_officer_does_not_approve():
    challenge = prepared()

    with pytest.raises(PermissionDenied):
        credit.approve_challenge(challenge, by=people.officer(), at=clock.now())


def test_director_who_prepared_does_not_approve():
    director = people.director()
    challenge = prepared(officer=director)

    with pytest.raises(DomainError, match="another person"):
        credit.approve_challenge(challenge, by=director, at=clock.now())
    challenge.refresh_from_db()
    assert challenge.status == Status.SUBMITTED
    assert not LedgerEntry.objects.filter(phase="A").exists()


def test_it_is_prepared_once_and_approved_once(office):
    officer, director = office
    challenge = prepared(officer=officer)

    with pytest.raises(DomainError, match="already waiting"):
        credit.prepare_publication(challenge, lines=parts(challenge), publish_at=None, by=officer, at=clock.now())
    credit.approve_challenge(challenge, by=director, at=clock.now())
    with pytest.raises(DomainError):
        credit.approve_challenge(challenge, by=director, at=clock.now())
    assert sum(LedgerEntry.objects.filter(phase="A").values_list("amount", flat=True)) == euro("17545.00")


@pytest.mark.parametrize("status", [status for status in Status if status != Status.SUBMITTED])
def test_spending_is_prepared_only_under_review(office, status):
    officer, _director = office
    challenge = submitted_challenge()
    lines = parts(challenge)
    with unfunded():
        Challenge.objects.filter(pk=challenge.pk).update(
            status=status,
            reference="RETO-2031-001",
            slug="x",
            approved_at=clock.now(),
            publish_at=clock.now(),
            merged_into=challenge.pk if status == Status.MERGED else None,
        )

    with pytest.raises(TransitionError):
        credit.prepare_publication(challenge, lines=lines, publish_at=None, by=officer, at=clock.now())


def test_what_was_shown_is_what_is_approved(office):
    officer, director = office
    challenge = prepared(officer=officer)
    decision = PreparedDecision.objects.get(kind=DecisionKind.PUBLICATION)

    with pytest.raises(DomainError, match="changed while"):
        credit.approve_challenge(challenge, lines=[{"line": 1, "amount": "1.00"}], by=director, at=clock.now())
    credit.approve_challenge(challenge, lines=decision.payload["lines"], by=director, at=clock.now())


def test_amount_that_changed_after_preparing_is_not_approved(office):
    officer, director = office
    challenge = prepared(officer=officer)
    Challenge.objects.filter(pk=challenge.pk).update(max_amount_net=euro("14000"))

    with pytest.raises(DomainError, match="changed after"):
        credit.approve_challenge(challenge, by=director, at=clock.now())


def test_returned_spending_gives_the_reserve_back_and_may_be_prepared_again(office):
    officer, director = office
    challenge = prepared(officer=officer)
    decision = credit.send_back_publication(challenge, comment="Usa la línea de 2027", by=director, at=clock.now())

    file = Expenditure.objects.get(challenge=challenge)
    assert all(row.rc == 0 for row in file.lines.all())
    assert decision.comment == "Usa la línea de 2027"
    assert Notice.objects.filter(kind="decision.returned", recipient=officer).count() == 1
    prepared(challenge, officer=officer)
    credit.approve_challenge(challenge, by=director, at=clock.now())
    flush_deferred()
    assert sum(row.a for row in file.lines.all()) == euro("17545.00")


def test_return_needs_a_comment_and_the_right_person(office):
    officer, director = office
    challenge = prepared(officer=officer)

    with pytest.raises(DomainError) as caught:
        credit.send_back_publication(challenge, comment="  ", by=director, at=clock.now())
    assert caught.value.field == "comment"
    with pytest.raises(PermissionDenied):
        credit.send_back_publication(challenge, comment="No", by=people.officer(), at=clock.now())
    credit.send_back_publication(challenge, comment="Me equivoqué", by=officer, at=clock.now())


# Cancelling -----------------------------------------------------------------------------------------


def test_cancelled_challenge_gives_its_money_back(office):
    officer, director = office
    challenge = published(officer=officer, director=director)
    file = Expenditure.objects.get(challenge=challenge)
    credit.prepare_cancellation(challenge, reason="El servicio cambia de sede", by=officer, at=clock.now())

    challenge = credit.approve_cancellation(challenge, by=director, at=clock.now())

    flush_deferred()
    assert challenge.status == Status.CANCELLED
    assert challenge.ended_reason == "El servicio cambia de sede"
    assert [(row.rc, row.a) for row in file.lines.all()] == [(0, 0)] * file.lines.count()
    for row in file.lines.select_related("line"):
        assert row.line.available == row.line.credit
    assert LedgerEntry.objects.filter(phase="A", amount__lt=0, reverses=None).count() == 0


def test_cancellation_takes_two_people_and_a_reason(office):
    officer, director = office
    challenge = published(officer=officer, director=director)

    with pytest.raises(DomainError):
        credit.prepare_cancellation(challenge, reason=" ", by=officer, at=clock.now())
    with pytest.raises(PermissionDenied):
        credit.prepare_cancellation(challenge, reason="x", by=people.auditor(), at=clock.now())
    credit.prepare_cancellation(challenge, reason="No procede", by=director, at=clock.now())
    with pytest.raises(DomainError, match="another person"):
        credit.approve_cancellation(challenge, by=director, at=clock.now())
    with pytest.raises(PermissionDenied):
        credit.approve_cancellation(challenge, by=officer, at=clock.now())
    challenge.refresh_from_db()
    assert challenge.status == Status.PUBLISHED
    credit.send_back_cancellation(challenge, comment="Sigue", by=people.director(), at=clock.now())
    assert not PreparedDecision.objects.waiting().filter(kind=DecisionKind.CANCELLATION).exists()


def test_authorisation_of_a_published_challenge_is_not_released(office):
    """While it is published nothing of the authorisation can be given back."""
    officer, director = office
    challenge = published(officer=officer, director=director)

    credit.release(Expenditure.objects.get(challenge=challenge), reason="x", by=director, at=clock.now())
    with pytest.raises(IntegrityError, match="authorised and has 0"):
        flush_deferred()


def test_publication_at_a_set_time(office):
    officer, director = office
    challenge = submitted_challenge()
    soon = clock.now() + timedelta(hours=2)
    prepared(challenge, officer=officer, publish_at=soon)

    challenge = credit.approve_challenge(challenge, by=director, at=clock.now())

    assert challenge.publish_at == soon
    assert not Challenge.objects.public().filter(pk=challenge.pk).exists()
    late = submitted_challenge()
    with pytest.raises(DomainError, match="before it opens"):
        credit.prepare_publication(
            late, lines=parts(late), publish_at=late.opens_at + timedelta(days=1), by=officer, at=clock.now()
        )


# Posting --------------------------------------------------------------------------------------------


@pytest.fixture
def book(office):
    officer, director = office
    year = funded_year(2031, "1000.00", officer=officer, director=director)
    file = spending_file(officer)
    return line_of(year), file, contract(file, "300.00")


def _refusal(*args: Any, **kw: Any) -> str:
    with pytest.raises(DomainError) as caught:
        ledger.post(*args, at=clock.now(), **kw)
    return str(caught.value)


def test_refusals_are_said_in_words_with_the_amounts(book, office):
    line, file, commitment = book
    officer, _director = office
    post = _poster(line, file, by=officer, at=clock.now())

    assert "€1,000.01 asked, €1,000 available" in _refusal(line, file, "RC", euro("1000.01"), by=officer)
    post("A", "500.00")
    assert "€500" in _refusal(line, file, "D", euro("500.01"), by=officer, commitment=commitment)
    post("D", "363.00", commitment=commitment)
    assert "the contract has €0 left" in _refusal(line, file, "D", euro("1.00"), by=officer, commitment=commitment)
    assert "€363" in _refusal(line, file, "O", euro("400.00"), by=officer, commitment=commitment)
    assert "€137" in _refusal(line, file, "A", euro("-137.01"), by=officer)
    assert "other than zero" in _refusal(line, file, "RC", euro("0"), by=officer)
    entry = LedgerEntry.objects.get(phase="A")
    assert "taken back once" in _refusal(line, file, "A", euro("1"), by=officer, reverses=entry)


def test_refusals_speak_the_readers_language(book, office):
    line, file, _commitment = book

    with translation.override("es"):
        refusal = _refusal(line, file, "RC", euro("1000.01"), by=office[0])
    assert "1.000,01\N{NO-BREAK SPACE}€" in refusal


def test_closed_and_provisional_years_refuse_in_words(book, office):
    line, file, commitment = book
    officer, _director = office
    provisional = line_of(funded_year(2032, "1000.00", is_open=False, officer=officer))
    ledger.post(provisional, file, "A", euro("100"), by=officer, at=clock.now())

    assert "provisional" in _refusal(provisional, file, "D", euro("1"), by=officer, commitment=commitment)
    type(line.budget_year).objects.filter(pk=line.budget_year_id).update(status="closed")
    assert "is closed" in _refusal(line, file, "RC", euro("1"), by=officer)


def test_taking_back_names_the_newest_entries_first(book, office):
    line, file, _commitment = book
    post = _poster(line, file, by=office[0], at=clock.now())
    first, second = post("A", "100.00"), post("A", "200.00")

    made = ledger.take_back(line, file, "A", euro("250.00"), by=office[0], at=clock.now(), reason="x")

    assert [(row.reverses_id, row.amount) for row in made] == [(second.pk, euro("-200")), (first.pk, euro("-50"))]
    with pytest.raises(DomainError, match="€50"):
        ledger.take_back(line, file, "A", euro("50.01"), by=office[0], at=clock.now(), reason="x")


def test_only_the_director_cancels(office):
    officer, director = office
    challenge = published(officer=officer, director=director)

    with pytest.raises(PermissionDenied):
        lifecycle.cancel(challenge, reason="x", by=officer, at=clock.now())


def test_calls_of_the_same_cpv_that_reach_the_limit_are_warned_of():
    at = clock.now()
    challenge = submitted_challenge(max_amount_net=Decimal("500.00"))
    assert not policies.splitting_checks(challenge, at=at)

    other = published(max_amount_net=Decimal("14499.99"))
    assert not policies.splitting_checks(challenge, at=at)
    challenge.max_amount_net = Decimal("500.01")
    [check] = policies.splitting_checks(challenge, at=at)
    assert check.level == "advice"
    assert other.reference in check.text
    assert not policies.splitting_checks(challenge, at=at + timedelta(days=366))


def test_statement_names_a_legal_report_only_where_one_is_needed():
    challenge = submitted_challenge(max_amount_net=Decimal("7000.00"), awards_planned=2, **LAW)
    rules = Rules.objects.in_force(clock.local_date(clock.now()))

    assert "legal report" not in str(report._statement(challenge, rules))  # noqa: SLF001
    challenge.max_amount_net = Decimal("7500.00")
    assert "legal report" in str(report._statement(challenge, rules))  # noqa: SLF001


def test_call_paid_in_a_year_that_is_not_open_says_so(client):
    challenge = published()
    years = sorted(set(ExpenditureLine.objects.values_list("line__budget_year__year", flat=True)))
    provisional = [year for year in years if year > clock.local_date(clock.now()).year]
    assert provisional
    with translation.override("en"):
        url = challenge.get_absolute_url()

    assert "subject to adequate and sufficient credit" in client.get(url).content.decode()
    opened_years(*provisional)
    assert "subject to adequate and sufficient credit" not in client.get(url).content.decode()
