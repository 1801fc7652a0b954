"""Pages of the budget, of spending and of decisions, as people of each role meet them."""

import csv
import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from challenges.models import Challenge, Status
from govtech import clock
from govtech.audit.models import DecisionKind, PreparedDecision
from govtech.clock import local_date
from pilots.actions import credit, ledger
from pilots.models import BudgetLine, BudgetYear, CreditMovement, Expenditure, LedgerEntry
from tests import people
from tests.challenges.factories import submitted_challenge
from tests.pilots.ledgers import contract, spending_file
from tests.pilots.money import funded_year, line_of, prepared, published

pytestmark = pytest.mark.django_db


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def this_year() -> int:
    return local_date(clock.now()).year


def text_of(response: Any) -> str:
    return response.content.decode().replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture
def officer() -> Any:
    return people.officer()


@pytest.fixture
def director() -> Any:
    return people.director()


def decision_url(kind: str) -> str:
    row = PreparedDecision.objects.filter(kind=kind).latest("pk")
    return reverse("pilots:decision", kwargs={"public_id": row.public_id})


# The public page ------------------------------------------------------------------------------------


def test_without_a_budget_the_page_says_so(client):
    funded_year(this_year() + 1, is_open=False)

    response = client.get("/presupuesto/")

    assert response.status_code == 200
    assert "Todavía no hay ningún presupuesto publicado" in text_of(response)


def test_latest_is_the_year_that_runs(client):
    for year in (this_year() - 1, this_year(), this_year() + 1):
        funded_year(year)

    assert client.get("/presupuesto/")["Location"] == f"/presupuesto/{this_year()}/"


def test_public_page_shows_disjoint_figures_by_line(client, officer):
    year = funded_year(this_year(), others=True, officer=officer)
    file = spending_file(officer)
    commitment = contract(file)
    line = line_of(year, "AT")
    for phase, amount in (("RC", "100.00"), ("A", "12100.00"), ("D", "12000.50"), ("O", "2000.00"), ("P", "500.25")):
        ledger.post(
            line, file, phase, Decimal(amount), by=officer, at=clock.now(),
            commitment=commitment if phase in "DOP" else None,
        )  # fmt: skip

    page = text_of(client.get(f"/presupuesto/{year.year}/"))

    for amount in ("155.000 €", "199,50 €", "10.000,50 €", "1.499,75 €", "500,25 €", "142.800 €", "27.800 €"):
        assert amount in page, amount
    assert "ilustrativo" not in page


def test_illustrative_split_is_said(client):
    BudgetYear.objects.filter(pk=funded_year(this_year()).pk).update(is_split_illustrative=True)

    assert "ilustrativo" in text_of(client.get(f"/presupuesto/{this_year()}/"))


def test_provisional_year_is_for_staff(client, officer):
    funded_year(2031, is_open=False)

    assert client.get("/presupuesto/2031/").status_code == 404
    assert client.get("/presupuesto/2031/movimientos.csv").status_code == 404
    assert signed_in(people.person()).get("/presupuesto/2031/").status_code == 404
    assert signed_in(officer).get("/presupuesto/2031/").status_code == 200
    for role in (people.auditor(), people.director()):
        assert set(BudgetYear.objects.visible_to(role)) == set(BudgetYear.objects.all())
    assert not BudgetYear.objects.visible_to(people.administrator()).exists()


def test_later_years_stand_apart(client, officer):
    funded_year(this_year(), officer=officer)
    later = line_of(funded_year(this_year() + 1, is_open=False, officer=officer))
    ledger.post(later, spending_file(officer), "A", Decimal("777.00"), by=officer, at=clock.now())

    page = text_of(client.get(f"/presupuesto/{this_year()}/"))

    assert "Importes de años posteriores" in page
    assert "777 €" in page
    assert "95.000 €" in page


def test_public_page_has_the_same_queries_with_more_lines(client, officer, django_assert_num_queries):
    year = funded_year(this_year(), officer=officer)
    client.get(f"/presupuesto/{year.year}/")
    with django_assert_num_queries(QUERIES):
        client.get(f"/presupuesto/{year.year}/")
    for number in range(30):
        BudgetLine.objects.create(budget_year=year, code=f"X{number}", name=f"Línea {number}", kind="other")
    with django_assert_num_queries(QUERIES):
        client.get(f"/presupuesto/{year.year}/")


QUERIES = 10


# CSV ------------------------------------------------------------------------------------------------


def rows_of(response: Any) -> list[list[str]]:
    data = b"".join(response.streaming_content).decode()
    assert data.startswith("\ufeff")
    return list(csv.reader(io.StringIO(data.removeprefix("\ufeff")), delimiter=";"))


def test_csv_has_entries_with_decimal_commas_and_no_formulas(client, officer):
    year = funded_year(this_year(), officer=officer)
    file = spending_file(officer)
    Expenditure.objects.filter(pk=file.pk).update(title='=HYPERLINK("http://x")\nsegunda')
    entry = ledger.post(
        line_of(year), file, "RC", Decimal("1234.50"), by=officer, at=clock.now(), document_no="+SUM(A1)"
    )
    ledger.post(line_of(year), file, "RC", Decimal("-1000.00"), by=officer, at=clock.now(), reverses=entry)

    head, first, second = rows_of(client.get(f"/presupuesto/{year.year}/movimientos.csv"))

    assert head[5] == "importe en euros, IVA incluido"
    assert first[5] == "1234,50"
    assert second[5] == "-1000,00"
    assert first[6] == '\'=HYPERLINK("http://x") segunda'
    assert first[9] == "'+SUM(A1)"
    assert second[13] == str(entry.pk)
    assert not any(cell.startswith(("=", "+", "@")) for row in (first, second) for cell in row)


def test_csv_and_page_hold_nothing_of_an_unpublished_challenge(client, officer, director):
    secret = submitted_challenge(title="Reto que nadie debe conocer todavía")
    prepared(secret, officer=officer)
    later = submitted_challenge(title="Reto programado para más tarde")
    prepared(later, officer=officer, publish_at=clock.now() + timedelta(hours=5))
    credit.approve_challenge(later, by=director, at=clock.now())
    public = published(officer=officer, director=director)

    for year in BudgetYear.objects.all():
        page, sheet = client.get(f"/presupuesto/{year.year}/"), client.get(f"/presupuesto/{year.year}/movimientos.csv")
        if page.status_code == 404:
            continue
        everything = text_of(page) + str(rows_of(sheet))
        assert secret.title not in everything
        assert later.title not in everything
    ids = {entry.expenditure.challenge_id for entry in LedgerEntry.objects.public()}
    assert ids == {public.pk}


# From inside ----------------------------------------------------------------------------------------


def test_a_year_is_made_opened_and_changed_on_screen_by_two_people(officer, director):
    desk, board = signed_in(officer), signed_in(director)
    year = this_year()
    url = f"/presupuesto/{year}/gestion/"

    made = desk.post(
        "/presupuesto/ejercicios/nuevo/", {"year": year, "envelope": "155.000", "is_split_illustrative": "on"}
    )
    assert made.status_code == 302
    for code, name, kind, amount in (
        ("RETOS", "Contratos de retos", "challenge_contracts", "95.000,00"),
        ("AT", "Asistencia técnica", "technical_assistance", "59.999,99"),
    ):
        desk.post(f"{url}linea/", {"code": code, "name": name, "kind": kind, "credit": amount})
    assert "0,01" not in text_of(desk.post(f"{url}pasar/", {"to": "open"}, follow=True))
    assert not PreparedDecision.objects.exists()  # not equal to the envelope
    desk.post(f"{url}linea/AT/credito/", {"credit": "60.000"})
    desk.post(f"{url}pasar/", {"to": "open"})
    decision = decision_url(DecisionKind.BUDGET_YEAR)
    assert desk.post(decision, {"answer": "approve"}).status_code == 403
    assert "155.000 €" in text_of(board.get(decision))
    board.post(decision, {"answer": "approve"})
    assert BudgetYear.objects.get(year=year).status == "open"

    desk.post(f"{url}credito/", {"kind": "transfer", "reason": "Más retos", "amount_0": "-1.000", "amount_1": "1.000"})
    decision = decision_url(DecisionKind.CREDIT)
    assert "Más retos" in text_of(board.get(decision))
    board.post(decision, {"answer": "approve"})
    assert {line.code: line.credit for line in BudgetLine.objects.all()} == {
        "AT": Decimal("59000.00"),
        "RETOS": Decimal("96000.00"),
    }
    assert CreditMovement.objects.filter(kind="transfer").count() == 2
    assert "Más retos" in text_of(desk.get(url))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"kind": "transfer", "reason": "x", "amount_0": "-10"}, "suman"),
        ({"kind": "transfer", "reason": "", "amount_0": "-10", "amount_1": "10"}, "Rellena este campo"),
        ({"kind": "transfer", "reason": "x", "amount_0": "-99.000", "amount_1": "99.000"}, "disponible"),
        ({"kind": "initial", "reason": "x", "amount_0": "1"}, "válida"),
        ({"kind": "generated", "reason": "x"}, "al menos una línea"),
        ({"kind": "generated", "reason": "x", "amount_0": "mucho"}, "importe en euros"),
    ],
)
def test_bad_changes_of_credit_are_answered_in_words(officer, data, words):
    funded_year(this_year(), others=True, officer=officer)

    response = signed_in(officer).post(f"/presupuesto/{this_year()}/gestion/credito/", data)

    assert response.status_code == 422
    assert words in text_of(response)
    assert data["reason"] in text_of(response)
    assert not PreparedDecision.objects.filter(kind=DecisionKind.CREDIT).exists()
    assert not CreditMovement.objects.exclude(kind="initial").exists()


def test_year_page_lists_entries_with_their_documents(officer, django_assert_max_num_queries):
    year = funded_year(this_year(), officer=officer)
    for number in range(60):
        ledger.post(
            line_of(year), spending_file(officer), "RC", Decimal("10.00"), by=officer, at=clock.now(),
            document_no=f"RC-{number}",
        )  # fmt: skip
    client = signed_in(people.auditor())
    client.get(f"/presupuesto/{year.year}/gestion/")

    with django_assert_max_num_queries(16):
        page = text_of(client.get(f"/presupuesto/{year.year}/gestion/"))
    assert "RC-59" in page
    assert "RC-9<" not in page
    assert "RC-9<" in text_of(client.get(f"/presupuesto/{year.year}/gestion/?page=2"))
    assert "Cambiar crédito" not in page


# Spending and decisions -----------------------------------------------------------------------------


def test_spending_is_prepared_and_approved_on_screen(officer, director):
    challenge = submitted_challenge()
    parts = credit.lines_for(challenge, at=clock.now())
    for part in parts:
        funded_year(part["year"], is_open=part["year"] == this_year(), officer=officer, director=director)
    desk, board = signed_in(officer), signed_in(director)
    url = reverse("pilots:approve_spending", kwargs={"public_id": challenge.public_id})
    page = text_of(desk.get(url))
    assert "17.545 €" in page

    data = {"rc_certificate": "RC-7", "publish_at": ""}
    for place, part in enumerate(parts):
        data |= {f"line_{place}": f"{part['year']}-RETOS", f"amount_{place}": str(part["amount"]).replace(".", ",")}
    assert desk.post(url, data).status_code == 302
    assert "espera a la dirección" in text_of(desk.get(url))
    decision = decision_url(DecisionKind.PUBLICATION)
    assert challenge.title in text_of(board.get("/decisiones/"))
    shown = text_of(board.get(decision))
    for words in (challenge.title, "17.545 €", "RC-7", "14.500 €"):
        assert words in shown
    assert board.post(decision, {"answer": "approve"}).status_code == 302
    challenge.refresh_from_db()
    assert challenge.status == Status.PUBLISHED
    assert "Aprobada" in text_of(board.get("/decisiones/"))
    assert board.post(decision, {"answer": "approve"}).status_code == 200  # a second click changes nothing
    assert LedgerEntry.objects.filter(phase="A").count() == len(parts)


def test_without_credit_the_refusal_stands_on_the_form_with_what_was_typed(officer):
    challenge = submitted_challenge()
    for part in credit.lines_for(challenge, at=clock.now()):
        funded_year(part["year"], "100.00", is_open=False, officer=officer)
    url = reverse("pilots:approve_spending", kwargs={"public_id": challenge.public_id})
    year = credit.lines_for(challenge, at=clock.now())[0]["year"]

    response = signed_in(officer).post(
        url, {"line_0": f"{year}-RETOS", "amount_0": "17.545", "rc_certificate": "RC-77"}
    )

    page = text_of(response)
    assert response.status_code == 400
    for words in ("RETOS Contratos de retos", "17.545 €", "100 €", "RC-77"):
        assert words in page


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "deben ser iguales"),
        ({"line_0": "YEAR-RETOS"}, "Escribe el importe"),
        ({"amount_0": "17.545"}, "Elige la línea"),
        ({"line_0": "YEAR-RETOS", "amount_0": "1", "line_1": "YEAR-RETOS", "amount_1": "2"}, "ya está"),
        ({"line_0": "1999-RETOS", "amount_0": "17.545"}, "válida"),
        ({"line_0": "YEAR-RETOS", "amount_0": "17.545", "publish_at": "ayer"}, "que existan"),
    ],
)
def test_bad_spending_is_answered_in_words(officer, data, words):
    challenge = submitted_challenge()
    year = credit.lines_for(challenge, at=clock.now())[0]["year"]
    for part in credit.lines_for(challenge, at=clock.now()):
        funded_year(part["year"], is_open=False, officer=officer)
    data = {name: value.replace("YEAR", str(year)) for name, value in data.items()}

    response = signed_in(officer).post(
        reverse("pilots:approve_spending", kwargs={"public_id": challenge.public_id}), data
    )

    assert response.status_code == 400
    assert words in text_of(response)
    assert not LedgerEntry.objects.exists()


def test_returning_needs_a_comment_and_reaches_the_officer(officer, director):
    challenge = prepared(officer=officer)
    url = decision_url(DecisionKind.PUBLICATION)
    board = signed_in(director)

    assert board.post(url, {"answer": "return", "comment": ""}).status_code == 400
    assert board.post(url, {"answer": "return", "comment": "Falta el informe"}).status_code == 302

    page = reverse("pilots:approve_spending", kwargs={"public_id": challenge.public_id})
    assert "Falta el informe" in text_of(signed_in(officer).get(page))
    assert "Falta el informe" in text_of(board.get(url))


def test_who_prepared_sees_that_another_person_approves():
    director = people.director()
    prepared(officer=director)
    client = signed_in(director)
    url = decision_url(DecisionKind.PUBLICATION)

    assert 'value="approve"' not in text_of(client.get(url))
    client.post(url, {"answer": "approve"})
    assert not Challenge.objects.filter(status=Status.PUBLISHED).exists()


@pytest.mark.parametrize("role", ["officer", "auditor"])
def test_officer_and_auditor_read_but_do_not_decide(role):
    prepared()
    client = signed_in(getattr(people, role)())
    url = decision_url(DecisionKind.PUBLICATION)

    assert 'value="approve"' not in text_of(client.get(url))
    assert client.post(url, {"answer": "approve"}).status_code == 403
    assert not Challenge.objects.filter(status=Status.PUBLISHED).exists()


def test_cancellation_on_screen(officer, director):
    challenge = published(officer=officer, director=director)
    desk, board = signed_in(officer), signed_in(director)
    assert "Cancelar el reto" in text_of(desk.get(challenge.get_absolute_url()))

    url = reverse("pilots:cancel_challenge", kwargs={"slug": challenge.slug})
    assert desk.post(url, {"reason": ""}).status_code == 400
    assert desk.post(url, {"reason": "El servicio se traslada"}).status_code == 302
    decision = decision_url(DecisionKind.CANCELLATION)
    assert "El servicio se traslada" in text_of(board.get(decision))
    board.post(decision, {"answer": "approve"})

    challenge.refresh_from_db()
    assert challenge.status == Status.CANCELLED
    assert all(line.available == line.credit for line in BudgetLine.objects.all())


def test_desks_say_what_waits(officer, director):
    funded_year(this_year(), officer=officer)
    challenge = submitted_challenge()

    assert "Prepara el gasto" in text_of(signed_in(officer).get("/mesa/"))
    prepared(challenge, officer=officer)
    assert "Prepara el gasto" not in text_of(signed_in(officer).get("/mesa/"))
    page = text_of(signed_in(director).get("/mesa/"))
    assert challenge.title in page
    assert "Decidir" in page
    assert f"Presupuesto {this_year()}" in page


def test_decisions_list_has_the_same_queries_with_more_rows(officer, director, django_assert_num_queries):
    for year in (this_year(), this_year() + 1):
        funded_year(year, "900000.00", officer=officer)
    prepared(officer=officer)
    client = signed_in(director)
    client.get("/decisiones/")
    with CaptureQueriesContext(connection) as one:
        client.get("/decisiones/")
    for _ in range(5):
        prepared(officer=officer)
    with django_assert_num_queries(len(one)):
        client.get("/decisiones/")


def test_english_pages(client, officer):
    funded_year(this_year(), officer=officer)

    with translation.override("en"):
        page = text_of(client.get(reverse("pilots:budget", kwargs={"year": this_year()})))
    assert "What the budget is spent on" in page
    assert "Challenge contracts" in page
