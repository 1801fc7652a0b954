"""Attempts to reach what is sealed: for those who read the audit."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from challenges.models import Challenge
from govtech import clock
from govtech.accounts import roles
from govtech.accounts.models import DelegateAppointment, User
from govtech.audit import policies
from govtech.audit.models import AuditEvent
from startups.models import Opening, Proposal

PAGE = 50
KINDS = {
    "proposal.seal_tried": _("The address of a sealed proposal"),
    "opening.refused": _("The opening, when it wasn't possible"),
    "proposal.stopped": _("A proposal that isn't what was handed in, left sealed"),
}


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Who tried what and when, the newest first. Names only of people who act for the city; challenges once opened."""
    at = clock.now()
    policies.check_can_read(by=request.user, at=at)
    events = AuditEvent.objects.visible_to(request.user).filter(kind__in=KINDS)
    found = Paginator(events.order_by("-pk"), PAGE).get_page(request.GET.get("page"))
    rows = list(found)
    people = _people({row.actor_id for row in rows})
    challenges = _challenges(rows)
    context = {
        "page": found,
        "rows": [
            {
                "event": row,
                "what": KINDS[row.kind],
                "person": people.get(row.actor_id),
                "challenge": challenges.get((row.target_label, row.target_id)),
            }
            for row in rows
        ],
        "at": at,
    }
    return render(request, "startups/attempts.html", context)


def _people(keys: set[Any]) -> dict[int, User]:
    """Return, of who tried, those who act for the city or run the platform. Who takes part stays unnamed."""
    delegate = DelegateAppointment.objects.filter(Q(user=OuterRef("pk")) | Q(substitute=OuterRef("pk")))
    known = Q(groups__name__in=roles.GROUPS) | Q(is_staff=True) | Q(is_superuser=True) | Q(Exists(delegate))
    return {user.pk: user for user in User.objects.filter(known, pk__in=keys - {None}).distinct()}


def _challenges(rows: list[AuditEvent]) -> dict[tuple[str, str], Challenge]:
    """Return the challenge of each event, where its proposals are open already: before, that would tell of a draft."""
    labels = {"startups.proposal": Proposal, "challenges.challenge": Challenge}
    found: dict[tuple[str, str], Challenge] = {}
    opened = Opening.objects.filter(challenge=OuterRef("pk"))
    for label, model in labels.items():
        keys = {int(row.target_id) for row in rows if row.target_label == label}
        if model is Proposal:
            pairs = dict(Proposal.objects.filter(pk__in=keys).values_list("pk", "challenge"))
            known = Challenge.objects.filter(Exists(opened), pk__in=set(pairs.values())).in_bulk()
        else:
            pairs = {key: key for key in keys}
            known = Challenge.objects.filter(pk__in=keys).in_bulk()
        found |= {(label, str(key)): known[value] for key, value in pairs.items() if value in known}
    return found
