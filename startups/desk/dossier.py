"""Desk: organisations to verify, for officers; papers asked for, for their owners."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from govtech import clock
from govtech.accounts import roles
from govtech.notifications import reminders
from govtech.shell.registry import DeskItem, desk
from startups.actions import verification as actions
from startups.models import Membership, OrganisationRole, VerificationRequest
from startups.notifications import dossier as notifications
from startups.policies import verification as policies


def register() -> None:
    """Fill the registries of the shell, and what the clock brings."""
    desk.register(verifications)
    desk.register(asked)
    reminders.register(actions.end_expired)
    reminders.register(notifications.remind)


def verifications(user: Any, *, at: datetime) -> list[DeskItem]:
    """Return one line for all organisations to verify, whether or not they propose anything."""
    if not roles.is_officer(user):
        return []
    waiting = policies.to_verify(on=clock.local_date(at)).count()
    if not waiting:
        return []
    return [
        DeskItem(
            due_at=None,
            title=ngettext("%(n)s organisation to verify", "%(n)s organisations to verify", waiting) % {"n": waiting},
            detail=_("All that nobody has checked yet, whether or not they propose anything."),
            url=reverse("startups:verifications"),
            action_label=_("See them"),
        )
    ]


def asked(user: Any, *, at: datetime) -> list[DeskItem]:
    """Return the papers that the Office asked the person's organisations for."""
    if roles.is_participantless(user):
        return []
    owned = Membership.objects.current().filter(user=user, role=OrganisationRole.OWNER).values("organisation")
    rows = VerificationRequest.objects.filter(closed_at=None, organisation__in=owned).select_related("organisation")
    return [
        DeskItem(
            due_at=None,
            title=_("The Office asks %(name)s for papers") % {"name": row.organisation.name},
            detail=_("To verify it: needed before an award, not before a proposal."),
            url=reverse("startups:dossier", kwargs={"public_id": row.organisation.public_id}),
            action_label=_("Hand them in"),
            of=str(row.organisation_id),
        )
        for row in rows.order_by("pk")
    ]
