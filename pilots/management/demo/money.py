"""The Office's own money: technical assistance, a Govtech4All contribution with its income, a transfer."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from pilots.actions import budget, direct, initiative
from pilots.actions import invoice as invoices
from pilots.actions.direct import Part, Terms
from pilots.actions.initiative import Links
from pilots.management.demo.calls import Stage
from pilots.management.demo.replay import Story
from pilots.models import BudgetYear, DirectContract, YearStatus


def all_stories(stage: Stage) -> Iterator[Story]:
    """Return what the Office spends beside the awards."""
    yield assistance(stage)
    yield contribution(stage)


def _dates(start: datetime, *days: int) -> list[date]:
    """Days of deliveries, in the year of the start, so that one line of an open year pays them."""
    last = date(start.year, 12, 18)
    return [min(start.date() + timedelta(days=number), last) for number in days]


def _is_open(at: datetime) -> bool:
    return BudgetYear.objects.filter(year=at.year, status=YearStatus.OPEN).exists()


def _paid(stage: Stage, contract: DirectContract, number: int, at: datetime) -> Iterator[datetime]:
    """Accept a delivery, record its invoice by somebody else and pay it."""
    cast, days = stage.cast, stage.days
    yield at
    part = direct.accept(contract.parts.get(number=number), note="Entregado y revisado.", by=cast["direccion"], at=at)
    at = days.after(at, 3)
    yield at
    invoice = invoices.record(
        part, number=f"AT-{at.year}-{part.pk:03d}", issued_on=at.date() - timedelta(days=1), received_on=at.date(),
        base=part.amount_net, vat=part.vat, total=part.amount_gross, by=cast["oficina"], at=at,
    )  # fmt: skip
    at = days.after(at, 12)
    yield at
    invoices.pay(invoice, ordered_on=at.date() - timedelta(days=1), paid_on=at.date(), by=cast["oficina"], at=at)


def assistance(stage: Stage) -> Story:
    """A consultancy helps with the definition of challenges: two deliveries, the first one paid."""
    cast, days = stage.cast, stage.days
    at = days.on(-120)
    yield at
    if not _is_open(at):
        return
    first, second = _dates(at, 30, 200)
    terms = Terms(
        kind="technical_assistance", title="Apoyo a la definición de retos",
        purpose="Acompañar a los departamentos en los talleres en los que se definen los retos de la próxima convocatoria.",
        line_code="AT", supplier_name="Taller Ficticio de Servicios SL", supplier_tax_id="B12345674", vat_regime="general",
        route="minor", case_file=f"300/{at.year}/00417", rc_certificate=f"RC/{at.year}/000417",
        parts=(Part("Diagnóstico y guía de talleres", first, Decimal("6200.00")),
               Part("Informe de talleres", second, Decimal("5850.50"))),
    )  # fmt: skip
    contract = direct.prepare(terms, by=cast["oficina"], at=at)
    at = days.after(at, 2)
    yield at
    direct.approve(contract, by=cast["direccion"], at=at)
    yield from _paid(stage, contract, 1, days.after(at, 32))


def contribution(stage: Stage) -> Story:
    """The city takes part in a European initiative: its income becomes credit and its contribution waits to be signed."""
    cast, days = stage.cast, stage.days
    at = days.on(-90)
    yield at
    if not _is_open(at):
        return
    said = {
        "title": "Espacios de datos seguros entre ciudades", "title_en": "Secure data spaces between cities",
        "summary": "Prueba cómo compartir información entre administraciones de varios países sin copiarla.",
        "summary_en": "Tries how public bodies of several countries share information without copying it.",
        "grant": "Govtech4All, acuerdo específico 2 (ficticio)", "work_package": "Paquete 3: piloto de datos",
        "city_role": "Aporta un caso de uso y valida la solución con dos servicios municipales.",
        "city_role_en": "Brings a use case and tries the solution with two municipal services.",
        "starts_on": at.date() - timedelta(days=150), "ends_on": at.date() + timedelta(days=580),
        "own_amount": Decimal("12000.00"), "eu_amount": Decimal("36000.00"), "website": "",
    }  # fmt: skip
    links = Links(
        partners=(("Agencia Ficticia de Innovación Pública", "PT", True), ("Ayuntamiento de Madrid", "ES", False),
                  ("Laboratorio Ficticio de Gobierno Digital", "LT", False)),
        deliverables=(("Caso de uso", at.date() - timedelta(days=20), at.date() - timedelta(days=25)),
                      ("Informe del piloto", at.date() + timedelta(days=300), None)),
    )  # fmt: skip
    made = initiative.create(said, links, by=cast["oficina"], at=at)
    at = days.after(at, 1)
    yield at
    initiative.publish(made, by=cast["direccion"], at=at)
    year = BudgetYear.objects.get(year=at.year)
    line = year.lines.get(code="G4A")
    budget.prepare_credit_change(
        year, kind="generated", changes=[{"line": line.pk, "amount": "9000.00"}], document_no=f"ING/{at.year}/31",
        reason="Anticipo de la subvención europea.", initiative=made, by=cast["oficina"], at=at,
    )  # fmt: skip
    at = days.after(at, 3)
    yield at
    budget.approve_credit_change(year, by=cast["direccion"], at=at)
    [due] = _dates(at, 120)
    terms = Terms(
        kind="govtech4all", title="Aportación al piloto de datos seguros", initiative=made,
        purpose="Cuota de la ciudad en el piloto del paquete 3.", line_code="G4A", supplier_tax_id="",
        supplier_name="Agencia Ficticia de Innovación Pública", vat_regime="exempt",
        parts=(Part("Cuota anual", due, Decimal("6000.00")),),
    )  # fmt: skip
    at = days.on(-4)
    yield at
    if _is_open(at) and due.year == at.year:
        direct.prepare(terms, by=cast["oficina"], at=at)
