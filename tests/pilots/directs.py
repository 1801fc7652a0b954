"""Contracts of the Office for tests, by the real actions."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from govtech import clock
from govtech.accounts.models import User
from pilots.actions import direct as actions
from pilots.actions import initiative as initiatives
from pilots.actions import invoice as invoices
from pilots.actions.direct import Part, Terms
from pilots.calculations.facturae import VERSIONS
from pilots.models import ContractPart, DirectContract, Initiative, Invoice
from tests import people


def terms(*parts: tuple[str, date, str], **changes: Any) -> Terms:
    """Return terms of a technical-assistance contract of one delivery, unless said."""
    day = clock.local_date(clock.now())
    parts = parts or (("Informe", day, "1000.00"),)
    said = {
        "kind": "technical_assistance", "title": "Apoyo al análisis de retos", "purpose": "Hace falta apoyo experto.",
        "line_code": "AT", "supplier_name": "Consultora Ficticia SL", "supplier_tax_id": "B12345674",
        "vat_regime": "general", "route": "minor", "case_file": "300/2026/00001", "rc_certificate": "RC/1",
    }  # fmt: skip
    rows = tuple(Part(title, due_on, Decimal(net)) for title, due_on, net in parts)
    return Terms(**(said | changes), parts=rows)


def waiting(*parts: tuple[str, date, str], by: User | None = None, **changes: Any) -> DirectContract:
    """Return a contract that waits for the director."""
    return actions.prepare(terms(*parts, **changes), by=by or people.officer(), at=clock.now())


def signed(*parts: tuple[str, date, str], by: User | None = None, **changes: Any) -> DirectContract:
    """Return a contract that two people signed."""
    return actions.approve(waiting(*parts, **changes), by=by or people.director(), at=clock.now())


def accepted(contract: DirectContract, number: int = 1, *, by: User | None = None) -> ContractPart:
    """Accept a delivery."""
    part = contract.parts.get(number=number)
    return actions.accept(part, note="Entregado y revisado.", by=by or people.officer(), at=clock.now())


def invoiced(contract: DirectContract, place: int = 1, **changes: Any) -> Invoice:
    """Accept a delivery and record its invoice."""
    part = contract.parts.get(number=place)
    part = part if part.accepted_at else accepted(contract, place)
    day = clock.local_date(clock.now())
    fields = {"number": f"A-{part.pk}", "issued_on": day, "received_on": day, "base": part.amount_net,
              "vat": part.vat, "total": part.amount_gross, "by": people.officer(), **changes}  # fmt: skip
    return invoices.record(part, at=clock.now(), **fields)


def paid(contract: DirectContract, number: int = 1) -> Invoice:
    """Accept, invoice and pay a delivery."""
    invoice = invoiced(contract, number)
    day = invoice.received_on + timedelta(days=0)
    return invoices.pay(invoice, ordered_on=day, paid_on=day, by=people.officer(), at=clock.now())


def facturae_of(part: ContractPart, **values: Any) -> bytes:
    """Return the electronic invoice of a delivery, Facturae 3.2.2."""
    commitment, day = part.contract.commitment, clock.local_date(clock.now())
    [namespace] = [name for name, version in VERSIONS.items() if version == "3.2.2"]
    said = {
        "namespace": namespace, "version": "3.2.2", "seller": commitment.supplier_tax_id, "number": f"A-{part.pk}",
        "issued_on": day, "rate": commitment.vat_rate, "base": part.amount_net, "vat": part.vat,
        "total": part.amount_gross, "office": "L01280796", "text": f"{part.contract.reference}, hito {part.number}",
    }  # fmt: skip
    return (Path(__file__).parent / "facturae" / "invoice.xml").read_text().format(**(said | values)).encode()


INITIATIVE = {
    "title": "Datos seguros entre ciudades", "title_en": "Secure data between cities", "summary": "Prueba un espacio.",
    "summary_en": "Tries a space.", "grant": "SGA2", "work_package": "WP3", "city_role": "Aporta un caso de uso.",
    "city_role_en": "", "starts_on": date(2026, 1, 1), "ends_on": date(2027, 12, 31), "own_amount": Decimal("20000.00"),
    "eu_amount": Decimal("60000.00"), "website": "https://example.org/",
}  # fmt: skip


def initiative(*, is_published: bool = True, by: User | None = None, **links: Any) -> Initiative:
    """Return a Govtech4All initiative with two partners and two deliverables."""
    by, at = by or people.officer(), clock.now()
    known = {
        "partners": (("Ciudad de Madrid", "ES", False), ("Lantik", "ES", True), ("DINUM", "FR", False)),
        "deliverables": (("Informe", date(2026, 6, 30), date(2026, 6, 1)), ("Piloto", date(2027, 6, 30), None)),
    }  # fmt: skip
    made = initiatives.create(INITIATIVE, initiatives.Links(**(known | links)), by=by, at=at)
    return initiatives.publish(made, by=by, at=at) if is_published else made
