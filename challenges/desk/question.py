"""Questions on desks: those of the department that wait for an answer."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from challenges.models import Question, Status
from govtech.accounts import roles
from govtech.shell import words
from govtech.shell.registry import DeskItem, desk


def items(user: Any, *, at: datetime) -> list[DeskItem]:
    """Answers due, one line for each call. One query."""
    departments = roles.departments_of(user)
    if not departments:
        return []
    rows = (
        Question.objects.filter(
            answered_at=None, challenge__department__in=departments, challenge__status=Status.PUBLISHED
        )
        .values(
            "challenge__reference", "challenge__slug", "challenge__title", "challenge__answers_due_at",
            "challenge__closes_at",
        )
        .annotate(count=Count("pk"), oldest=Min("asked_at"))
        .order_by("challenge__answers_due_at", "challenge__slug")
    )  # fmt: skip
    found = []
    for row in rows:
        due_at = row["challenge__answers_due_at"] or row["challenge__closes_at"]
        found.append(
            DeskItem(
                due_at=due_at,
                title=ngettext(
                    "Answer %(n)s question on %(reference)s", "Answer %(n)s questions on %(reference)s", row["count"]
                )
                % {"n": row["count"], "reference": row["challenge__reference"]},
                detail=_("«%(title)s» · the oldest was asked %(ago)s")
                % {"title": row["challenge__title"], "ago": words.duration_until(row["oldest"], at)},
                url=reverse("challenges:questions", kwargs={"slug": row["challenge__slug"]}),
                action_label=_("See the questions"),
                late=due_at is not None and due_at <= at,
            )
        )
    return found


def register() -> None:
    """Fill the registries of the shell."""
    desk.register(items)
