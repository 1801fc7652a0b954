"""The Office's queue: every challenge sent for review, its age, and who looks at it."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from challenges.actions import review as actions
from challenges.calculations.review import age, late_when_sent_by
from challenges.models import Challenge, Status
from challenges.policies import challenge as policies
from challenges.views.draft import preparing
from govtech import clock
from govtech.accounts import roles
from govtech.audit.models import DecisionKind, PreparedDecision
from govtech.errors import DomainError
from govtech.reference.models import Holiday, Rules

PAGE = 50
CHOICES = {
    "all": gettext_lazy("All"),
    "late": gettext_lazy("Late"),
    "mine": gettext_lazy("Mine"),
    "nobody": gettext_lazy("Nobody's"),
    "director": gettext_lazy("With the director"),
}


def _under_review() -> QuerySet[Challenge]:
    waiting = PreparedDecision.objects.waiting().filter(
        kind=DecisionKind.PUBLICATION, target_label="challenges.challenge", target_id=OuterRef("pk")
    )
    return Challenge.objects.filter(status=Status.SUBMITTED).annotate(is_with_director=Exists(waiting))


def _narrowed(rows: QuerySet[Challenge], chosen: str, *, user: Any, sent_late: datetime) -> QuerySet[Challenge]:
    return {
        "late": rows.filter(submitted_at__lt=sent_late, is_with_director=False),
        "mine": rows.filter(review__reviewer=user),
        "nobody": rows.filter(Q(review=None) | Q(review__reviewer=None), is_with_director=False),
        "director": rows.filter(is_with_director=True),
    }.get(chosen, rows)


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Every challenge under review, the longest wait first; those the director has come last. Officers, directors."""
    policies.check_can_see_queue(by=request.user)
    at = clock.now()
    today, rules, holidays = clock.local_date(at), Rules.objects.in_force(clock.local_date(at)), Holiday.objects.dates()
    promised = rules.term("review_working_days")
    sent_late = datetime.combine(
        late_when_sent_by(today, days=promised.length, holidays=holidays) + timedelta(days=1),
        time(0),
        tzinfo=ZoneInfo(settings.TIME_ZONE),
    )
    rows, late = _under_review(), Q(submitted_at__lt=sent_late, is_with_director=False)
    counts = rows.aggregate(
        all=Count("pk"),
        late=Count("pk", filter=late),
        mine=Count("pk", filter=Q(review__reviewer=request.user)),
        nobody=Count("pk", filter=Q(review__reviewer=None, is_with_director=False)),
        director=Count("pk", filter=Q(is_with_director=True)),
    )
    chosen = request.GET.get("show", "all")
    found = (
        _narrowed(rows, chosen, user=request.user, sent_late=sent_late)
        .select_related("department", "review__reviewer")
        .annotate(
            open_comments=Count(
                "review_comments",
                filter=Q(review_comments__resolved_at=None, review_comments__closed_at=None),
                distinct=True,
            ),
            shared=Count("supports", distinct=True),
        )
        .order_by("is_with_director", "submitted_at", "pk")
    )
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    for row in page.object_list:
        row.age = age(clock.local_date(row.submitted_at), today, days=promised.length, holidays=holidays)
        row.reviewer = row.review.reviewer if hasattr(row, "review") else None
    context = {
        "page": page,
        "at": at,
        "promised": promised,
        "choices": [(key, label, counts[key]) for key, label in CHOICES.items()],
        "chosen": chosen if chosen in CHOICES else "all",
        "is_officer": roles.is_officer(request.user),
    }
    return render(request, "challenges/queue.html", context)


@require_POST
def take(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a challenge to oneself, or leave it to others."""
    challenge = preparing(request, public_id)
    policies.check_is_officer(by=request.user)
    leaves = "leave" in request.POST
    try:
        (actions.drop if leaves else actions.take)(challenge, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Left to your colleagues.") if leaves else _("It is yours to review."))
    return redirect("challenges:review", public_id=public_id)
