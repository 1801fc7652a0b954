"""The budget from inside: years, lines, credits, entries. The Office prepares, another person approves."""

from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from govtech import clock
from govtech.audit.models import DecisionKind, PreparedDecision
from govtech.clock import local_date
from govtech.policies import allows
from pilots.actions import budget as actions
from pilots.calculations.money import add_up
from pilots.forms.budget import CreditChangeForm, InitialCreditForm, LineForm, YearForm
from pilots.models import BudgetLine, BudgetYear, CreditMovement, LedgerEntry, YearStatus
from pilots.policies import budget as policies
from pilots.policies import decision as decisions
from pilots.views.step import Step, press, take

PAGE = 50
SUMS = ("credit", "not_available", "rc", "a", "d", "o", "p", "available")


def _years() -> str:
    return reverse("pilots:budget_years")


def _page(year: BudgetYear) -> str:
    return reverse("pilots:budget_year", kwargs={"year": year.year})


def _year(request: HttpRequest, year: int) -> BudgetYear:
    return get_object_or_404(BudgetYear.objects.visible_to(request.user), year=year)


@require_safe
def years(request: HttpRequest) -> HttpResponse:
    """All years with their credits and where they stand."""
    at = clock.now()
    policies.check_can_see_management(by=request.user, at=at)
    rows = list(BudgetYear.objects.with_sums().order_by("-year"))
    can_prepare = allows(policies.check_can_prepare, by=request.user, at=at)
    return render(request, "pilots/budget_years.html", {"rows": rows, "can_prepare": can_prepare})


@require_safe
def year_page(request: HttpRequest, year: int) -> HttpResponse:
    """One year from inside: lines with every phase, what waits, changes of credit, entries with their documents."""
    at = clock.now()
    policies.check_can_see_management(by=request.user, at=at)
    found = _year(request, year)
    lines = list(found.lines.order_by("code", "pk"))
    waiting = PreparedDecision.objects.of(found).waiting().select_related("prepared_by").order_by("prepared_at", "pk")
    entries = LedgerEntry.objects.filter(line__budget_year=found).select_related(
        "line", "expenditure", "commitment__supplier", "made_by", "reverses"
    )
    waits = decisions.described(waiting, request.user)
    can_prepare = allows(policies.check_can_prepare, by=request.user, at=at)
    context = {
        "at": at,
        "year": found,
        "status_label": YearStatus(found.status).label,
        "lines": lines,
        "total": add_up([{name: getattr(line, name) for name in SUMS} for line in lines]) if lines else None,
        "waits": waits,
        "waits_for_move": any(row.decision.kind == DecisionKind.BUDGET_YEAR for row in waits),
        "movements": CreditMovement.objects.filter(line__budget_year=found)
        .select_related("line", "made_by")
        .order_by("-made_at", "-pk")[:PAGE],
        "page": Paginator(entries.order_by("-made_at", "-pk"), PAGE).get_page(request.GET.get("page")),
        "can_prepare": can_prepare and found.status != YearStatus.CLOSED,
        "is_provisional": found.status == YearStatus.PROVISIONAL,
    }
    return render(request, "pilots/budget_year.html", context)


def _check_prepares(request: HttpRequest, at: Any) -> None:
    policies.check_can_prepare(by=request.user, at=at)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Begin to prepare a year."""
    at = clock.now()
    last = BudgetYear.objects.order_by("-year").first()
    initial = {"year": (last.year if last else local_date(at).year - 1) + 1}
    if last:
        copied = ("envelope", "is_split_illustrative", "accounting_office", "managing_body", "processing_unit")
        initial |= {name: getattr(last, name) for name in copied}
    step = Step(_("New budget year"), _("Create the year"), _years(), _("Budget years"),
                lead=_("It stays provisional until another person opens it."))  # fmt: skip
    form = YearForm(request.POST if request.method == "POST" else None, initial=initial)
    return take(
        request,
        step,
        form,
        check=partial(_check_prepares, request, at),
        do=lambda data: actions.create_year(by=request.user, at=at, **data),
        done=_("The year is there. Add its lines now."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, year: int) -> HttpResponse:
    """Change what is said of a year."""
    at = clock.now()
    policies.check_can_see_management(by=request.user, at=at)
    found = _year(request, year)
    form = YearForm(request.POST if request.method == "POST" else None, instance=BudgetYear.objects.get(pk=found.pk))
    return take(
        request,
        Step(_("Change the year %(year)s") % {"year": found.year}, _("Save"), _page(found), str(found.year)),
        form,
        check=partial(_check_prepares, request, at),
        do=lambda data: actions.change_year(found, by=request.user, at=at, **data),
        done=_("Saved."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def add_line(request: HttpRequest, year: int) -> HttpResponse:
    """Add a line to a year."""
    at = clock.now()
    policies.check_can_see_management(by=request.user, at=at)
    found = _year(request, year)
    form = LineForm(
        request.POST if request.method == "POST" else None, with_credit=found.status == YearStatus.PROVISIONAL
    )
    return take(
        request,
        Step(_("New line of %(year)s") % {"year": found.year}, _("Add the line"), _page(found), str(found.year)),
        form,
        check=partial(_check_prepares, request, at),
        do=lambda data: actions.add_line(found, by=request.user, at=at, **data),
        done=_("The line is there."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def initial_credit(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Change the initial credit of a line while its year is prepared."""
    at = clock.now()
    policies.check_can_see_management(by=request.user, at=at)
    found = _year(request, year)
    line = get_object_or_404(BudgetLine.objects.select_related("budget_year"), budget_year=found, code=code)
    form = InitialCreditForm(
        request.POST if request.method == "POST" else None, initial={"credit": actions.initial_credit_of(line)}
    )
    return take(
        request,
        Step(
            _("Initial credit of %(line)s") % {"line": f"{line.code} {line.name}"},
            _("Save"),
            _page(found),
            str(found.year),
        ),
        form,
        check=partial(_check_provisional, request, found, at),
        do=lambda data: actions.set_initial_credit(line, by=request.user, at=at, **data),
        done=_("Saved."),
    )


def _check_provisional(request: HttpRequest, year: BudgetYear, at: Any) -> None:
    policies.check_can_prepare(by=request.user, at=at)
    policies.check_is_provisional(year)


@require_http_methods(["GET", "HEAD", "POST"])
def change_credit(request: HttpRequest, year: int) -> HttpResponse:
    """Prepare a change of credit for another person to approve."""
    at = clock.now()
    policies.check_can_see_management(by=request.user, at=at)
    found = _year(request, year)
    form = CreditChangeForm(request.POST if request.method == "POST" else None, year=found)
    advice = _("In a transfer write what a line gives with a minus sign. The amounts of a transfer add up to zero.")
    step = Step(_("Change of credit of %(year)s") % {"year": found.year}, _("Send for approval"), _page(found),
                str(found.year), lead=_("Another person approves it."), advice=advice)  # fmt: skip
    return take(
        request,
        step,
        form,
        check=partial(_check_prepares, request, at),
        do=lambda data: actions.prepare_credit_change(
            found, kind=data["kind"], changes=data["changes"], reason=data["reason"], document_no=data["document_no"],
            initiative=data["initiative"], by=request.user, at=at,
        ),
        done=_("The change waits for another person's approval."),
    )  # fmt: skip


@require_POST
def move(request: HttpRequest, year: int) -> HttpResponse:
    """Prepare the opening of a year."""
    at = clock.now()
    policies.check_can_see_management(by=request.user, at=at)
    policies.check_can_prepare(by=request.user, at=at)
    found = _year(request, year)
    return press(
        request,
        lambda: actions.prepare_opening(found, by=request.user, at=at),
        done=_("It waits for another person's approval."),
        back=_page(found),
    )
