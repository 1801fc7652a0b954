"""Electronic invoices: Facturae 3.2, 3.2.1 and 3.2.2, read and checked against themselves. Pure.

What an invoice must say of its milestone is the action's to check; its signature is checked where it comes in (FACe).
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from lxml import etree

VERSIONS = {
    "http://www.facturae.es/Facturae/2009/v3.2/Facturae": "3.2",
    "http://www.facturae.es/Facturae/2014/v3.2.1/Facturae": "3.2.1",
    "http://www.facturae.gob.es/formato/Versiones/Facturaev3_2_2.xml": "3.2.2",
}
MOST_BYTES = 2_000_000
CENT = Decimal("0.01")
VAT = "01"


class FacturaeError(Exception):
    """The file isn't an invoice that can be taken. `problem` is a name, `values` what the words need."""

    def __init__(self, problem: str, **values: Any) -> None:
        super().__init__(problem)
        self.problem, self.values = problem, values


@dataclass(frozen=True)
class Facturae:
    """What the file says. Amounts in euros, two decimals; `text` is all that it says in words."""

    version: str
    number: str
    issued_on: date
    seller: str
    base: Decimal
    vat: Decimal
    withheld: Decimal
    total: Decimal
    offices: dict[str, str]
    text: str
    is_signed: bool


def read(data: bytes) -> Facturae:
    """Return the invoice of a Facturae file. Raises `FacturaeError`.

    A file that declares a document type is refused whole: an invoice needs no entities.
    """
    if len(data) > MOST_BYTES:
        raise FacturaeError("too_big")
    root = _parsed(data)
    name = etree.QName(root)
    version = VERSIONS.get(name.namespace or "")
    if name.localname != "Facturae" or version is None or _text(root, "FileHeader/SchemaVersion") != version:
        raise FacturaeError("unknown_version")
    invoices = root.findall("Invoices/Invoice")
    if len(invoices) != 1 or _text(root, "FileHeader/Modality") != "I":
        raise FacturaeError("several", count=len(invoices))
    [invoice] = invoices
    if _text(invoice, "InvoiceHeader/InvoiceClass") not in ("OO", "CO"):
        raise FacturaeError("corrective")
    if _text(invoice, "InvoiceIssueData/InvoiceCurrencyCode") != "EUR":
        raise FacturaeError("currency")
    found = Facturae(
        version=version,
        number=_number(invoice),
        issued_on=_day(invoice, "InvoiceIssueData/IssueDate"),
        seller=_text(root, "Parties/SellerParty/TaxIdentification/TaxIdentificationNumber"),
        base=_amount(invoice, "InvoiceTotals/TotalGrossAmountBeforeTaxes"),
        vat=_amount(invoice, "InvoiceTotals/TotalTaxOutputs"),
        withheld=_amount(invoice, "InvoiceTotals/TotalTaxesWithheld"),
        total=_amount(invoice, "InvoiceTotals/InvoiceTotal"),
        offices=_offices(root),
        text=_said(invoice),
        is_signed=root.find("{http://www.w3.org/2000/09/xmldsig#}Signature") is not None,
    )
    _check_sums(invoice, found)
    return found


def _parsed(data: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise FacturaeError("malformed", line=error.lineno or 1) from error
    if root.getroottree().docinfo.internalDTD is not None or root.getroottree().docinfo.doctype:
        raise FacturaeError("entities")
    return root


def _text(node: Any, path: str) -> str:
    found = node.find(path)
    text = " ".join((found.text or "").split()) if found is not None else ""
    if not text:
        raise FacturaeError("missing", element=path.rsplit("/", 1)[-1])
    return text


def _number(invoice: Any) -> str:
    series = (invoice.findtext("InvoiceHeader/InvoiceSeriesCode") or "").strip()
    number = _text(invoice, "InvoiceHeader/InvoiceNumber")
    return " ".join(f"{series}/{number}".split()) if series else number


def _day(node: Any, path: str) -> date:
    try:
        return date.fromisoformat(_text(node, path)[:10])
    except ValueError as error:
        raise FacturaeError("not_a_day", element=path.rsplit("/", 1)[-1]) from error


def _exact(node: Any, path: str) -> Decimal:
    try:
        amount = Decimal(_text(node, path))
    except InvalidOperation as error:
        raise FacturaeError("not_an_amount", element=path.rsplit("/", 1)[-1]) from error
    if not amount.is_finite() or abs(amount) > Decimal(10) ** 10:
        raise FacturaeError("not_an_amount", element=path.rsplit("/", 1)[-1])
    return amount


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def _amount(node: Any, path: str) -> Decimal:
    return _rounded(_exact(node, path))


def _offices(root: Any) -> dict[str, str]:
    """Return the DIR3 code of each role (01 accounting, 02 managing, 03 processing) that the buyer names."""
    centres = root.findall("Parties/BuyerParty/AdministrativeCentres/AdministrativeCentre")
    return {(one.findtext("RoleTypeCode") or "").strip(): (one.findtext("CentreCode") or "").strip() for one in centres}


def _said(invoice: Any) -> str:
    lines = [
        *(node.text or "" for node in invoice.findall("Items/InvoiceLine/ItemDescription")),
        *(node.text or "" for node in invoice.findall("Items/InvoiceLine/AdditionalLineItemInformation")),
        *(node.text or "" for node in invoice.findall("Items/InvoiceLine/FileReference")),
        *(node.text or "" for node in invoice.findall("AdditionalData/InvoiceAdditionalInformation")),
        *(node.text or "" for node in invoice.findall("LegalLiterals/LegalReference")),
    ]
    return " ".join(" ".join(lines).split())


def _check_sums(invoice: Any, found: Facturae) -> None:
    """Refuse what doesn't add up inside the file: lines, taxes, total."""
    lines = invoice.findall("Items/InvoiceLine")
    if not lines:
        raise FacturaeError("missing", element="InvoiceLine")
    gross = _rounded(sum((_exact(line, "GrossAmount") for line in lines), Decimal(0)))
    taxes, bases = _taxes(invoice)
    for problem, added_up, said in (
        ("lines", gross, _amount(invoice, "InvoiceTotals/TotalGrossAmount")),
        ("taxes", taxes, found.vat),
        ("base", bases, found.base),
        ("total", found.base + found.vat - found.withheld, found.total),
    ):
        if added_up != said:
            raise FacturaeError(problem, sum=added_up, said=said)


def _taxes(invoice: Any) -> tuple[Decimal, Decimal]:
    """Return what the taxes add up to, and what the bases of VAT do."""
    taxes = bases = Decimal(0)
    for tax in invoice.findall("TaxesOutputs/Tax"):
        rate, base = _exact(tax, "TaxRate"), _exact(tax, "TaxableBase/TotalAmount")
        amount = _rounded(base * rate / 100)
        written = _amount(tax, "TaxAmount/TotalAmount") if tax.find("TaxAmount") is not None else amount
        if abs(written - amount) > CENT:
            raise FacturaeError("tax", sum=amount, said=written)
        taxes += written
        bases += base if (tax.findtext("TaxTypeCode") or "").strip() == VAT else 0
    return _rounded(taxes), _rounded(bases)
