"""What challenges puts on desks, menus and the home page."""

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from challenges.calculations.review import age
from challenges.filters.challenge import by_closing
from challenges.models import Challenge, Phase, Status
from challenges.models.instant import next_change
from govtech.accounts import roles
from govtech.clock import local_date
from govtech.reference.models import Holiday, Rules
from govtech.shell import words
from govtech.shell.registry import (
    Addresses,
    DeskItem,
    Section,
    account,
    desk,
    desk_links,
    desk_panels,
    home,
    nav,
    sitemaps,
    slots,
)

CLOSING_ROWS = 4
MOST = 50


def delegate_items(user: Any, *, at: datetime) -> list[DeskItem]:
    """Drafts to finish and challenges returned with comments. One query."""
    departments = roles.departments_of(user)
    if not departments:
        return []
    rows = (
        Challenge.objects.filter(department__in=departments, status__in=[Status.DRAFT, Status.RETURNED])
        .select_related("department")
        .annotate(
            open_comments=Count(
                "review_comments", filter=Q(review_comments__resolved_at=None, review_comments__closed_at=None)
            )
        )
        .order_by("pk")[:MOST]
    )
    return [_returned(row, at) if row.status == Status.RETURNED else _draft(row) for row in rows]


def _draft(challenge: Challenge) -> DeskItem:
    return DeskItem(
        due_at=None,
        title=_("Finish the draft «%(title)s»") % {"title": challenge.title},
        detail=_("%(department)s · begun on %(day)s")
        % {
            "department": challenge.department.short_name,
            "day": words.formatted(challenge.created_at, "short_day_year"),
        },
        url=reverse("challenges:resume", kwargs={"public_id": challenge.public_id}),
        action_label=_("Go on"),
    )


def _returned(challenge: Challenge, at: datetime) -> DeskItem:
    count = challenge.open_comments  # type: ignore[attr-defined]
    return DeskItem(
        due_at=None,
        title=_("Mend «%(title)s» and send it again") % {"title": challenge.title},
        detail=ngettext("%(n)s comment of the Digital Office", "%(n)s comments of the Digital Office", count)
        % {"n": count},
        url=reverse("challenges:draft", kwargs={"public_id": challenge.public_id}),
        action_label=_("See the comments"),
    )


def officer_items(user: Any, *, at: datetime) -> list[DeskItem]:
    """Challenges to review that nobody else looks at, each due by the service level. A constant number of queries."""
    if not roles.is_officer(user):
        return []
    rows = list(
        Challenge.objects.filter(status=Status.SUBMITTED)
        .filter(Q(review=None) | Q(review__reviewer=None) | Q(review__reviewer=user))
        .select_related("department")
        .order_by("submitted_at", "pk")[:MOST]
    )
    if not rows:
        return []
    today = local_date(at)
    promised, holidays = Rules.objects.in_force(today).review_working_days, Holiday.objects.dates()
    items = []
    for row in rows:
        waited = age(local_date(row.submitted_at), today, days=promised, holidays=holidays)  # type: ignore[arg-type]
        items.append(
            DeskItem(
                due_at=end_of_day(waited.due_on),
                title=_("Review the challenge «%(title)s»") % {"title": row.title},
                detail=ngettext(
                    "Sent by %(department)s %(n)s working day ago; the Office answers within %(promised)s",
                    "Sent by %(department)s %(n)s working days ago; the Office answers within %(promised)s",
                    waited.days,
                )
                % {"department": row.department.short_name, "n": waited.days, "promised": promised},
                url=reverse("challenges:review", kwargs={"public_id": row.public_id}),
                action_label=_("Review"),
                late=waited.is_late,
            )
        )
    return items


def end_of_day(day: date) -> datetime:
    """Return the last instant of a day in the city."""
    return datetime.combine(day, time(23, 59), tzinfo=ZoneInfo(settings.TIME_ZONE))


def under_way(user: Any, *, at: datetime) -> Section | None:
    """Calls under way, beside the desk of who acts for the city. One query, and what other apps add."""
    departments = roles.departments_of(user)
    if not (departments or roles.is_staff_role(user)):
        return None
    rows = (
        Challenge.objects.visible_to(user)
        .filter(status__in=[Status.PUBLISHED, Status.EVALUATING])
        .with_phase()
        .order_by("closes_at", "pk")
    )
    if not roles.is_staff_role(user):
        rows = rows.filter(department__in=departments)
    found = list(rows[:8])
    return Section("challenges/_under_way.html", {"rows": found, "at": at}) if found else None


def hero(user: Any, *, at: datetime) -> list[Section]:
    """The button to the open challenges, and those that close next. Three queries."""
    public = Challenge.objects.public().with_phase()
    open_now = public.filter(phase__in=[Phase.OPEN, Phase.CLOSING_SOON])
    rows = list(
        by_closing(public.filter(phase__in=[Phase.OPEN, Phase.CLOSING_SOON, Phase.UPCOMING])).select_related(
            "department", "policy_area"
        )[:CLOSING_ROWS]
    )
    slots.prepare("challenge.row", rows, user)
    return [
        Section("challenges/_hero.html", {"open": open_now.count()}, place="hero", until=next_change()),
        Section("challenges/_closing.html", {"rows": rows, "at": at}),
    ]


def public_addresses() -> QuerySet[Challenge, Any]:
    """Return the public challenges for the map of the site."""
    rows = Challenge.objects.public().order_by("pk")
    return rows.values_list("slug", Greatest("publish_at", "changed_at", "ended_at"))


def register() -> None:
    """Fill the registries of the shell."""
    nav.register("challenges", gettext_lazy("Challenges"), "challenges:list", 10)
    account.register("following", gettext_lazy("My alerts"), "challenges:following", 40)
    desk_links.register(
        "write_challenge", gettext_lazy("Write a challenge"), "challenges:new", 5, allowed=roles.is_delegate
    )
    desk_links.register("following", gettext_lazy("My alerts"), "challenges:following", 11)
    desk_links.register(
        "challenges",
        gettext_lazy("Challenges in preparation"),
        "challenges:mine",
        10,
        allowed=lambda user: roles.is_staff_role(user) or roles.is_delegate(user),
    )
    desk_links.register(
        "review_queue",
        gettext_lazy("Review queue"),
        "challenges:queue",
        12,
        allowed=lambda user: roles.is_officer(user) or roles.is_director(user),
    )
    desk.register(delegate_items)
    desk.register(officer_items)
    desk_panels.register(under_way, 20)
    home.register(hero, 10)
    sitemaps.register("challenges", Addresses("challenges:detail", public_addresses))
