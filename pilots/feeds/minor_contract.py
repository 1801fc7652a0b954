"""The minor contracts of each quarter, in the columns of the city's open data (Law 9/2017, art. 63.4)."""

import csv
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from challenges.models import Route
from govtech import clock
from govtech.reference.models import Rules
from govtech.shell import pages
from pilots.actions.record_table import cell_of
from pilots.actions.resolution import published_tax_id
from pilots.calculations.money import rounded
from pilots.models import AwardStatus, Commitment
from startups.calculations.vat import gross

BOM = "\ufeff"
HEAD = [
    "N. DE REGISTRO DE CONTRATO", "N. DE EXPEDIENTE", "SECCION", "ORGANO DE CONTRATACION", "OBJETO DEL CONTRATO",
    "TIPO DE CONTRATO", "N. DE INVITACIONES CURSADAS", "INVITADOS A PRESENTAR OFERTA", "IMPORTE LICITACION IVA INC.",
    "N. LICITADORES PARTICIPANTES", "NIF ADJUDICATARIO", "RAZON SOCIAL ADJUDICATARIO", "PYME",
    "IMPORTE ADJUDICACION IVA INC.", "FECHA DE ADJUDICACION", "PLAZO", "FECHA DE INSCRIPCION",
]  # fmt: skip


def _rows() -> Any:
    """Return the minor contracts that were awarded; not those that their winner gave up after."""
    return Commitment.objects.filter(
        award__isnull=False,
        award__approved_at__isnull=False,
        award__status=AwardStatus.APPROVED,
        award__resolution__published_at__isnull=False,
        award__resolution__challenge__route=Route.MINOR,
    )


def _quarter(day: date) -> tuple[int, int]:
    return day.year, (day.month - 1) // 3 + 1


def _bounds(year: int, quarter: int) -> tuple[datetime, datetime]:
    first = date(year, 3 * quarter - 2, 1)
    following = date(year + (quarter == 4), 3 * quarter % 12 + 1, 1)
    return _midnight(first), _midnight(following)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


@login_not_required
@require_safe
@pages.for_everybody
def page(request: HttpRequest) -> HttpResponse:
    """List the quarters that have contracts, the newest first, with how many and the file of each."""
    counts: dict[tuple[int, int], int] = {}
    for instant in _rows().values_list("award__approved_at", flat=True):
        key = _quarter(clock.local_date(instant))
        counts[key] = counts.get(key, 0) + 1
    quarters = [(*key, number) for key, number in sorted(counts.items(), reverse=True)]
    return render(request, "pilots/minor_contracts.html", {"quarters": quarters})


@login_not_required
@require_safe
def of_quarter(request: HttpRequest, year: int, quarter: int) -> StreamingHttpResponse:  # noqa: ARG001 - a view
    """The contracts of a quarter as CSV, by awardee: semicolons, decimal comma, days as dd/mm/yyyy, UTF-8."""
    if not (1 <= quarter <= 4 and 2000 <= year <= 2999):
        raise Http404
    start, end = _bounds(year, quarter)
    rows = _rows().filter(award__approved_at__gte=start, award__approved_at__lt=end)
    response = StreamingHttpResponse(_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="contratos-menores-{year}-T{quarter}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


class _Echo:
    def write(self, text: str) -> str:
        return text


def _lines(rows: Any) -> Iterator[str]:
    writer = csv.writer(_Echo(), delimiter=";")
    yield BOM + writer.writerow(HEAD)
    related = ("award__resolution__challenge__department", "award__proposal__organisation", "award__pilot")
    rows = rows.select_related(*related).order_by("supplier_name", "award__approved_at", "pk")
    rates = list(Rules.objects.order_by("-valid_from").values_list("valid_from", "vat_rate"))
    for row in rows.iterator(chunk_size=500):
        award: Any = row.award
        day = clock.local_date(award.approved_at)
        rate = next(rate for valid_from, rate in rates if valid_from <= day)
        yield writer.writerow([cell_of(cell) for cell in _row(row, day, rate)])


def _row(row: Commitment, approved_on: date, rate: Decimal) -> list[Any]:
    """Return the cells of a contract. What was put out to tender carries the general rate, whoever won it."""
    award: Any = row.award
    challenge = award.resolution.challenge
    proposals = challenge.proposal_count or 0
    return [
        award.pilot.reference,
        challenge.case_file or challenge.reference,
        challenge.department.name,
        settings.OFFICE_NAME,
        challenge.title,
        "Servicios",
        0,  # an open call invites nobody in particular
        "",
        _amount(gross(challenge.max_amount_net, rate)),
        proposals,
        published_tax_id(row.supplier_tax_id),
        row.supplier_name,
        _sme(award.proposal.size_opened),
        _amount(award.amount_gross),
        f"{approved_on:%d/%m/%Y}",
        _months(award),
        f"{approved_on:%d/%m/%Y}",  # each award is published when it is approved, a later one on its own day
    ]


def _sme(size: str) -> str:
    return ("N" if size == "large" else "S") if size else ""


def _months(award: Any) -> str:
    """Return the term in Spanish, as every column: the file is the same for whoever takes it."""
    months = max(round((award.pilot.ends_on - award.pilot.starts_on).days / 30.4), 1)
    return "1 mes" if months == 1 else f"{months} meses"


def _amount(amount: Decimal) -> str:
    return f"{rounded(amount)}".replace(".", ",")
