"""An electronic invoice against its milestone: read in words, and checked line by line with the contract."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from govtech.errors import DomainError
from govtech.shell.words import euros
from pilots.actions import owed
from pilots.actions.owed import Owed, Thing
from pilots.calculations import facturae
from pilots.calculations.facturae import Facturae, FacturaeError
from pilots.models import BudgetYear

FIELD = "electronic"
WORDS = {
    "too_big": gettext_lazy("The file is too big for an invoice."),
    "malformed": gettext_lazy("The file isn't well-formed XML: it breaks off on line %(line)s. Ask for it again."),
    "entities": gettext_lazy(
        "The file declares a document type or entities, which no invoice needs. It wasn't read any further."
    ),
    "unknown_version": gettext_lazy("This isn't a Facturae 3.2, 3.2.1 or 3.2.2 invoice."),
    "several": gettext_lazy("The file holds %(count)s invoices. Send one file for each milestone."),
    "corrective": gettext_lazy("This is a corrective or summary invoice. Record the original one."),
    "currency": gettext_lazy("The invoice isn't in euros."),
    "missing": gettext_lazy("The invoice lacks %(element)s."),
    "not_a_day": gettext_lazy("%(element)s isn't a date."),
    "not_an_amount": gettext_lazy("%(element)s isn't an amount."),
    "lines": gettext_lazy("Its lines add up to %(sum)s and it says %(said)s. Check it with the company."),
    "tax": gettext_lazy("A tax comes to %(sum)s and it says %(said)s. Check it with the company."),
    "taxes": gettext_lazy("Its taxes add up to %(sum)s and it says %(said)s. Check it with the company."),
    "base": gettext_lazy("Its taxable bases add up to %(sum)s and it says %(said)s. Check it with the company."),
    "total": gettext_lazy("Base, VAT and what is withheld come to %(sum)s and the total says %(said)s."),
}
OFFICES = {"01": "accounting_office", "02": "managing_body", "03": "processing_unit"}


def read(data: bytes) -> Facturae:
    """Return what the file says. Raises `DomainError` in words."""
    try:
        return facturae.read(data)
    except FacturaeError as error:
        values = {key: euros(value) if isinstance(value, Decimal) else value for key, value in error.values.items()}
        raise DomainError(str(WORDS[error.problem]) % values, field=FIELD) from error


def check(found: Facturae, thing: Thing, *, said: Mapping[str, Any]) -> None:
    """Refuse an invoice of another company, milestone or office, or that differs from what is recorded of it."""
    what = owed.of(thing)
    if _plain(found.seller) not in {_plain(what.tax_id), f"ES{_plain(what.tax_id)}"}:
        raise DomainError(
            _("The invoice is of %(seller)s and the contract is with %(company)s, %(number)s.")
            % {"seller": found.seller, "company": what.company, "number": what.tax_id},
            field=FIELD,
        )
    _check_named(found, what)
    _check_offices(found, thing)
    same = {"number": found.number, "issued_on": found.issued_on, "base": found.base, "vat": found.vat,
            "total": found.base + found.vat}  # fmt: skip
    for field, value in same.items():
        if said[field] != value:
            raise DomainError(
                _("The file says %(file)s here.") % {"file": euros(value) if isinstance(value, Decimal) else value},
                field=field,
            )


def _plain(number: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", number.upper())


def _check_named(found: Facturae, what: Owed) -> None:
    """It names the pilot or contract, and no milestone but this one."""
    reference = what.reference
    expected = _("%(reference)s, milestone %(number)d") % {"reference": reference, "number": what.number}
    named = {int(number) for number in re.findall(r"(?:hito|milestone)\s+(\d{1,3})\b", found.text, re.IGNORECASE)}
    if reference not in found.text or named != {what.number}:
        raise DomainError(
            _("The invoice doesn't say «%(expected)s», or names another one. Ask the company to correct it.")
            % {"expected": expected},
            field=FIELD,
        )


def _check_offices(found: Facturae, thing: Thing) -> None:
    """It goes to the units of the year that pays it."""
    year = BudgetYear.objects.filter(year=owed.paying_year(thing)).first()
    for role, name in OFFICES.items():
        code, expected = found.offices.get(role, ""), getattr(year, name, "")
        if code and expected and code != expected:
            raise DomainError(
                _("The invoice goes to the unit %(code)s and this contract's is %(expected)s (DIR3).")
                % {"code": code, "expected": expected},
                field=FIELD,
            )
