"""What the budget puts in the menu, on desks, on pages of challenges and in their check list."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenges.models import Challenge, Status
from challenges.policies import preflight
from govtech.accounts import roles
from govtech.audit import policies as audit
from govtech.audit.models import DecisionKind, PreparedDecision
from govtech.clock import local_date
from govtech.shell.registry import DeskItem, Section, desk, desk_links, desk_panels, nav, slots
from govtech.statements import OneOf, Slot, Statement
from pilots.calculations.money import add_up, public_phases
from pilots.models import BudgetYear, ExpenditureLine, YearStatus
from pilots.notifications import decision as notifications
from pilots.policies import credit, decision

SUMS = ("credit", "not_available", "rc", "a", "d", "o", "p")
SHOWN = 20


def register() -> None:
    """Fill the registries of the shell, of challenges, and of decisions."""
    notifications.register()
    preflight.register(credit.credit_checks)
    preflight.register(credit.splitting_checks)
    for kind, title in (
        (DecisionKind.PUBLICATION, decision.title_of_publication),
        (DecisionKind.CANCELLATION, decision.title_of_cancellation),
        (DecisionKind.AMOUNT, decision.title_of_amount),
        (DecisionKind.CREDIT, decision.title_of_credit),
        (DecisionKind.BUDGET_YEAR, decision.title_of_year),
    ):
        decision.register(kind, title=title, url=_address)
    for kind, title in (
        (DecisionKind.CONTRACT, decision.title_of_contract),
        (DecisionKind.CONTRACT_END, decision.title_of_contract_end),
    ):
        decision.register(kind, title=title, url=_address, related=("commitment__expenditure",))
    nav.register("budget", gettext_lazy("Budget"), "pilots:budget_latest", 30)
    desk.register(to_decide)
    desk.register(to_prepare)
    desk.register(to_take_back)
    desk_panels.register(budget_panel, 10)
    desk_links.register(
        "decisions", gettext_lazy("Decisions"), "pilots:decisions", 20, allowed=decision.may_see_decisions
    )
    desk_links.register(
        "budget_years", gettext_lazy("Budget from inside"), "pilots:budget_years", 30, allowed=roles.is_staff_role
    )
    desk_links.register("audit", gettext_lazy("Audit"), "audit:list", 90, allowed=audit.may_read)
    slots.register("challenge.review", spending_of, 20)
    slots.register("challenge.aside", conditions_of, 20)
    slots.register("challenge.aside", cancellation_of, 90)
    slots.register("challenge.correct", amount_of, 20)


def _address(row: PreparedDecision, target: Any) -> str:
    return notifications.address(row)


def to_decide(user: Any, *, at: datetime) -> list[DeskItem]:
    """What waits for this person's approval, for those who approve."""
    if not roles.is_staff_role(user):
        return []
    return [
        DeskItem(
            due_at=None,
            title=str(row.title),
            detail=_("Prepared by %(who)s") % {"who": row.decision.prepared_by},
            url=row.url,
            action_label=_("Decide"),
        )
        for row in decision.waiting_for(user)
        if not row.is_own and decision.get(row.decision.kind).may(user)  # type: ignore[union-attr]
    ]


def to_prepare(user: Any, *, at: datetime) -> list[DeskItem]:
    """Reviewed challenges, with the Office's terms, whose spending nobody has prepared yet; for officers."""
    if not roles.is_officer(user):
        return []
    prepared = PreparedDecision.objects.waiting().filter(
        kind=DecisionKind.PUBLICATION,
        target_label=Challenge._meta.label_lower,  # noqa: SLF001 - documented interface
    )
    ready = (
        Challenge.objects.visible_to(user)
        .filter(status=Status.SUBMITTED, cpv__isnull=False)
        .exclude(ip_clause="")
        .exclude(pk__in=prepared.values("target_id"))
        .order_by("submitted_at", "pk")[:SHOWN]
    )
    return [
        DeskItem(
            due_at=challenge.opens_at,
            title=_("Prepare the spending of «%(title)s»") % {"title": challenge.title},
            detail=_("It must be published before the call opens"),
            url=reverse("pilots:approve_spending", kwargs={"public_id": challenge.public_id}),
            action_label=_("Prepare"),
            late=challenge.opens_at is not None and challenge.opens_at < at,
        )
        for challenge in ready
    ]


def to_take_back(user: Any, *, at: datetime) -> list[DeskItem]:
    """New amounts that nobody signed before their call closed: what they reserve is free once they are taken back."""
    if not roles.is_staff_role(user):
        return []
    rows = {
        row.target_id: row
        for row in PreparedDecision.objects.waiting().filter(
            kind=DecisionKind.AMOUNT,
            target_label=Challenge._meta.label_lower,  # noqa: SLF001 - documented interface
            prepared_by=user,
        )
    }
    closed = Challenge.objects.filter(pk__in=rows).exclude(status=Status.PUBLISHED, closes_at__gt=at)
    return [
        DeskItem(
            due_at=challenge.closes_at,
            title=_("Take back the new amount of %(reference)s") % {"reference": challenge.reference},
            detail=_("The call closed before it was signed; what it needed is still reserved"),
            url=notifications.address(rows[challenge.pk]),
            action_label=_("Take it back"),
            late=True,
        )
        for challenge in closed.order_by("closes_at", "pk")
    ]


def budget_panel(user: Any, *, at: datetime) -> Section | None:
    """The budget of the year that runs, beside the desk of the Office, directors and auditors."""
    if not roles.is_staff_role(user):
        return None
    year = BudgetYear.objects.filter(year=local_date(at).year).prefetch_related("lines").first()
    if year is None:
        return None
    lines = [{name: getattr(line, name) for name in SUMS} for line in year.lines.all()]
    name = "pilots:budget_year" if year.status == YearStatus.PROVISIONAL else "pilots:budget"
    return Section(
        "pilots/_budget_panel.html",
        {
            "year": year,
            "phases": add_up(public_phases(sums) for sums in lines) if lines else None,
            "url": reverse(name, kwargs={"year": year.year}),
        },
    )


def spending_of(challenges: Sequence[Challenge], *, user: Any) -> dict[int, SafeString]:
    """On the Office's page of a challenge under review: the way to its spending."""
    under_review = [challenge for challenge in challenges if challenge.status == Status.SUBMITTED]
    if not under_review or not (roles.is_officer(user) or roles.is_director(user)):
        return {}
    waiting = {
        row.target_id: row
        for row in PreparedDecision.objects.waiting().filter(
            kind=DecisionKind.PUBLICATION,
            target_label=Challenge._meta.label_lower,  # noqa: SLF001 - documented interface
            target_id__in=[challenge.pk for challenge in under_review],
        )
    }
    return {
        challenge.pk: render_to_string(
            "pilots/_review_panel.html", {"challenge": challenge, "decision": waiting.get(challenge.pk)}
        )
        for challenge in under_review
    }


_PROVISIONAL = Statement(
    lambda: (
        ExpenditureLine.objects.filter(
            OneOf(F("expenditure__challenge"), Slot("keys", ArrayField(BigIntegerField()))),
            a__gt=0,
            line__budget_year__status=YearStatus.PROVISIONAL,
        )
        .order_by("line__budget_year__year")
        .values_list("expenditure__challenge", "line__budget_year__year")
    )
)


def conditions_of(challenges: Sequence[Challenge], *, user: Any, request: Any = None) -> dict[int, SafeString]:
    """On the public page, what a call promises of a year whose budget isn't open: subject to credit."""
    years: dict[int, list[int]] = {}
    calls = [challenge for challenge in challenges if challenge.status in (Status.PUBLISHED, Status.EVALUATING)]
    for challenge, year in _PROVISIONAL.rows(keys=[call.pk for call in calls]) if calls else ():
        years.setdefault(challenge, []).append(year)
    return {
        challenge: render_to_string("pilots/_subject_to_credit.html", {"years": ", ".join(map(str, found))})
        for challenge, found in years.items()
    }


def amount_of(challenges: Sequence[Challenge], *, user: Any, request: Any = None) -> dict[int, SafeString]:
    """On the page of corrections: the way to change amount and awards, which the director signs."""
    return {
        challenge.pk: render_to_string("pilots/_amount_link.html", {"challenge": challenge}) for challenge in challenges
    }


def cancellation_of(challenges: Sequence[Challenge], *, user: Any, request: Any = None) -> dict[int, SafeString]:
    """On the public page, for those who prepare: the way to cancel a call that hasn't closed."""
    if not user.is_authenticated or not (roles.is_officer(user) or roles.is_director(user)):
        return {}
    return {
        challenge.pk: render_to_string("pilots/_cancel_link.html", {"challenge": challenge})
        for challenge in challenges
        if challenge.status == Status.PUBLISHED and getattr(challenge, "phase", "") not in ("closed", "preparing")
    }
