"""What training puts on people's desks, and on the home page."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from govtech.accounts import roles
from govtech.programme.models import Attendance, Registration, SessionStatus, TrainingSession
from govtech.programme.policies.training import MARK_FROM
from govtech.shell import registry
from govtech.shell.registry import DeskItem, Section
from govtech.shell.words import formatted

MOST = 20
NEXT = 3  # sessions on the home page


def to_run(user: Any, *, at: datetime) -> list[DeskItem]:
    """Sessions that one gives, and of the Office all: questions to answer, attendance to take. One query."""
    if not user.is_authenticated:
        return []
    rows = TrainingSession.objects.filter(status__in=[SessionStatus.PUBLISHED, SessionStatus.CLOSED])
    if not roles.is_officer(user):
        given = TrainingSession.trainers.through.objects.filter(user_id=user.pk)
        rows = rows.filter(pk__in=given.values("trainingsession_id"))
    rows = rows.annotate(open_questions=Count("questions", filter=Q(questions__answer=""), distinct=True))
    due = Q(status=SessionStatus.PUBLISHED, starts_at__lte=at + MARK_FROM)
    items = []
    for row in rows.filter(due | Q(open_questions__gt=0)).select_related("course").order_by("starts_at", "pk")[:MOST]:
        detail = f"{row.course.title} · {formatted(row.starts_at, 'short_when')}"
        if row.open_questions:
            n = row.open_questions
            title = ngettext("Answer %(n)d question about training", "Answer %(n)d questions about training", n)
            url = reverse("programme:manage", kwargs={"public_id": row.public_id})
            items.append(DeskItem(None, title % {"n": n}, detail, url, _("Answer them")))
        if row.status == SessionStatus.PUBLISHED and row.starts_at <= at + MARK_FROM:
            url = reverse("programme:attendance", kwargs={"public_id": row.public_id})
            late = row.ends_at < at
            items.append(DeskItem(row.ends_at, _("Take attendance"), detail, url, _("Open the list"), late=late))
    return items


def own_sessions(user: Any, *, at: datetime) -> list[DeskItem]:
    """Sessions in which one has a seat, and those one came to and hasn't said anything of. One query."""
    if not user.is_authenticated:
        return []
    rows = Registration.objects.seated().filter(user=user.pk).select_related("session__course")
    ahead = Q(session__status=SessionStatus.PUBLISHED, session__ends_at__gt=at)
    unsaid = Q(session__status=SessionStatus.CLOSED, attendance=Attendance.PRESENT, feedback=None)
    items = []
    for row in rows.filter(ahead | unsaid).order_by("session__starts_at", "pk")[:MOST]:
        session = row.session
        title, url = session.course.title, session.get_absolute_url()
        if session.status == SessionStatus.CLOSED:
            items.append(DeskItem(None, title, _("You came: tell us what you thought of it"), url, _("Say it")))
        else:
            detail = _("Training in which you have a seat · %(where)s") % {"where": session.where}
            items.append(DeskItem(session.starts_at, title, detail, url, _("See the session")))
    return items


def next_sessions(user: Any, *, at: datetime) -> Section | None:
    """The next sessions, on the home page, until the first of them begins."""
    rows = list(TrainingSession.objects.to_come().select_related("course").order_by("starts_at", "pk")[:NEXT])
    if not rows:
        return None
    return Section("programme/_next_sessions.html", {"rows": rows}, until=rows[0].starts_at)


def register() -> None:
    """Fill the registries of the shell."""
    registry.nav.register("training", gettext_lazy("Training"), "programme:training", 85)
    registry.home.register(next_sessions, 50)
    registry.desk.register(to_run)
    registry.desk.register(own_sessions)
    registry.desk_links.register(
        "courses", gettext_lazy("Courses and sessions"), "programme:courses", 61, allowed=roles.is_officer
    )
    registry.desk_links.register(
        "coverage",
        gettext_lazy("Who is trained"),
        "programme:coverage",
        62,
        allowed=lambda user: roles.is_staff_role(user) or roles.is_delegate(user),
    )
    registry.footer.register("certificates", gettext_lazy("Check a certificate"), "programme:certificate_form", 31)
