"""Announcements on the Office's desk: those whose months are over."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenges.models import PlannedChallenge
from challenges.templatetags.challenge_tags import expected
from govtech.accounts import roles
from govtech.clock import local_date
from govtech.shell.registry import DeskItem, desk, desk_links, footer

MOST = 50


def overdue(user: Any, *, at: datetime) -> list[DeskItem]:
    """What was announced for months that are over and isn't public: put it off, link it or drop it. One query."""
    if not roles.is_officer(user):
        return []
    rows = PlannedChallenge.objects.expected().filter(expected_until__lt=local_date(at)).select_related("kept_by")
    return [
        DeskItem(
            due_at=None,
            title=_("Say what becomes of «%(title)s»") % {"title": row.title},
            detail=_("Announced for %(when)s · kept by %(name)s") % {"when": expected(row), "name": row.kept_by},
            url=reverse("challenges:planned", kwargs={"public_id": row.public_id}),
            action_label=_("See the announcement"),
            late=True,
        )
        for row in rows.order_by("expected_until", "pk")[:MOST]
    ]


def register() -> None:
    """Fill the registries of the shell."""
    desk.register(overdue)
    desk_links.register(
        "planned", gettext_lazy("Planned challenges"), "challenges:planned_list", 15, allowed=roles.is_officer
    )
    footer.register("planned", gettext_lazy("Planned challenges"), "challenges:planned_list", 11)
