"""Who is told that something waits for a second person, and what became of it."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from govtech.accounts import roles
from govtech.accounts.models import User
from govtech.audit.models import PreparedDecision
from govtech.notifications.actions import notify
from govtech.notifications.kinds import register as kind


def register() -> None:
    """Declare the words of these notices."""
    kind(
        "decision.prepared",
        subject=_("Waiting for your approval: {what}"),
        text=_("{by} has prepared: {what}. You can approve it or return it with a comment."),
        action=_("Decide"),
        shown_to_office=True,
    )
    kind(
        "decision.approved",
        subject=_("Approved: {what}"),
        text=_("What you prepared was approved: {what}."),
        action=_("See it"),
        shown_to_office=True,
    )
    kind(
        "decision.returned",
        subject=_("Returned: {what}"),
        text=_("What you prepared was returned: {what}. Comment: {comment}"),
        action=_("See it"),
        shown_to_office=True,
    )


def address(decision: PreparedDecision) -> str:
    """Return the page where a decision is taken."""
    return reverse("pilots:decision", kwargs={"public_id": decision.public_id})


def prepared(decision: PreparedDecision, *, what: str, by: User, at: datetime) -> None:
    """Tell who approves today, but for the person who prepared it."""
    params = {"what": what, "by": by.full_name, "person_id": by.pk}
    _tell(roles.directors().exclude(pk=by.pk), "decision.prepared", decision, params, at=at)


def approved(decision: PreparedDecision, *, what: str, at: datetime) -> None:
    """Tell who prepared it."""
    _tell([decision.prepared_by], "decision.approved", decision, {"what": what}, at=at)


def returned(decision: PreparedDecision, *, what: str, at: datetime) -> None:
    """Tell who prepared it, unless they took it back themselves."""
    if decision.returned_by_id != decision.prepared_by_id:
        params = {"what": what, "comment": decision.comment}
        _tell([decision.prepared_by], "decision.returned", decision, params, at=at)


def _tell(people: Any, name: str, decision: PreparedDecision, params: dict[str, Any], *, at: datetime) -> None:
    notify(people, name, params=params, address=address(decision), key=decision.public_id, at=at)
