"""The audit for internal control and directors: what happened, and whether anybody rewrote it."""

from datetime import datetime, time, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from govtech import clock
from govtech.accounts import roles
from govtech.accounts.models import DelegateAppointment, User
from govtech.audit import actions, chains, policies
from govtech.audit.forms import EventFilterForm
from govtech.audit.models import AuditEvent, ChainLink

PAGE = 50
NAMES = {"audit": _("Audit events"), "ledger": _("Ledger entries"), "receipts": _("Receipts")}


@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """Events, the newest first, by kind and day; a POST computes every chain again and says what it found.

    Names are shown of people who act for the city only, and never beside what a participant does: who took part or
    asked stays unsaid here, before the opening and after it, also where that person works for the city as well.
    """
    at = clock.now()
    policies.check_can_read(by=request.user, at=at)
    reports = _verify(request.user, at) if request.method == "POST" else None
    visible = AuditEvent.objects.visible_to(request.user)
    kinds = list(visible.order_by("kind").values_list("kind", flat=True).distinct())
    form = EventFilterForm(request.GET or None, kinds=kinds)
    page = Paginator(_narrowed(visible, form).order_by("-pk"), PAGE).get_page(request.GET.get("page"))
    people = _acting_for_the_city({event.actor_id for event in page})
    context = {
        "form": form,
        "page": page,
        "rows": [
            {"event": event, "actor": None if event.kind in OF_PARTICIPANTS else people.get(event.actor_id)}
            for event in page
        ],
        "links": [(NAMES.get(name, name), count) for name, count in _links()],
        "reports": reports,
        "is_whole": reports is not None and not any(report.problem for _chain, report in reports),
        "at": at,
    }
    return render(request, "audit/events.html", context)


def _narrowed(events: Any, form: EventFilterForm) -> Any:
    if not form.is_bound or not form.is_valid():
        return events
    data = form.cleaned_data
    if data["kind"]:
        events = events.filter(kind=data["kind"])
    if data["since"]:
        events = events.filter(occurred_at__gte=_midnight(data["since"]))
    if data["until"]:
        events = events.filter(occurred_at__lt=_midnight(data["until"] + timedelta(days=1)))
    return events


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _links() -> Any:
    return ChainLink.objects.values_list("chain").annotate(count=Count("pk")).order_by("chain")


# What people do for an organisation: nobody is named beside it, before the opening and after it.
OF_PARTICIPANTS = {
    "proposal.started",
    "proposal.submitted",
    "proposal.replaced",
    "proposal.withdrawn",
    "proposal.corrected",
    "proposal.seal_tried",
    "question.asked",
}


def _acting_for_the_city(keys: set[int | None]) -> dict[int, User]:
    """Return the people among `keys` who work for the city: Office, directors, control, delegates, administrators."""
    delegate = DelegateAppointment.objects.filter(Q(user=OuterRef("pk")) | Q(substitute=OuterRef("pk")))
    known = Q(groups__name__in=roles.GROUPS) | Q(is_staff=True) | Q(Exists(delegate))
    return {user.pk: user for user in User.objects.filter(known, pk__in=keys - {None}).distinct()}


def _verify(by: User, at: datetime) -> list[tuple[Any, chains.Report]]:
    """Compute every chain again, and put on record who asked and what came out."""
    with connection.cursor() as cursor:
        reports = [(chain.name, chains.verify(cursor, chain)) for chain in chains.CHAINS]
    broken = [name for name, report in reports if report.problem]
    actions.record("audit.verified", by=by, at=at, new="broken" if broken else "whole", fields=broken)
    return [(NAMES.get(name, name), report) for name, report in reports]
