"""Abnormally low offers on people's desks: to ask and decide for officers, to justify for the organisation."""

from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from challenges.models import Status
from govtech.accounts import roles
from govtech.shell.registry import DeskItem, desk, slots
from startups.models import AbnormalOffer, Membership, Proposal
from startups.notifications import abnormal
from startups.policies.organisation import WRITERS

NOTIFICATIONS = [abnormal]  # importing it declares its kinds


def register() -> None:
    """Fill the registries of the shell."""
    desk.register(to_hear)
    desk.register(to_justify)
    slots.register("proposal.main", own, 25)


def _item(row: AbnormalOffer, title: str, label: str, due_at: datetime | None, at: datetime) -> DeskItem:
    challenge = row.proposal.challenge
    return DeskItem(
        due_at=due_at,
        title=title,
        detail=f"{challenge.reference} · {challenge.title}",
        url=row.get_absolute_url(),
        action_label=label,
        late=due_at is not None and due_at < at,
        of=str(row.proposal.organisation_id),
    )


def to_hear(user: Any, *, at: datetime) -> list[DeskItem]:
    """Return, for officers, the low offers to ask about and to decide on."""
    if not roles.is_officer(user):
        return []
    rows = AbnormalOffer.objects.visible_to(user).undecided().filter(proposal__challenge__status=Status.EVALUATING)
    items = []
    for row in rows.select_related("proposal__challenge").order_by("found_at", "pk"):
        if row.asked_at is None:
            items.append(_item(row, _("Hear an organisation on its low offer"), _("Ask"), None, at))
        elif row.answered_at is not None or row.due_at <= at:
            items.append(_item(row, _("Decide on an abnormally low offer"), pgettext("verb", "Decide"), None, at))
    return items


def to_justify(user: Any, *, at: datetime) -> list[DeskItem]:
    """Return, for owners and editors, the prices they are asked to justify."""
    if roles.is_staff_role(user):
        return []
    rows = AbnormalOffer.objects.undecided().filter(
        proposal__organisation__memberships__user=user,
        proposal__organisation__memberships__left_at__isnull=True,
        proposal__organisation__memberships__role__in=WRITERS,
        asked_at__isnull=False,
        answered_at__isnull=True,
        due_at__gte=at,
    )
    return [
        _item(row, _("Justify the price of your proposal"), _("Justify it"), row.due_at, at)
        for row in rows.select_related("proposal__challenge").order_by("due_at", "pk")
    ]


def own(proposals: list[Proposal], *, user: Any) -> dict[Any, SafeString]:
    """Show an organisation, on its proposal's page, that its price is asked about or was decided on."""
    mine = Proposal.objects.of_member(user).filter(pk__in=[each.pk for each in proposals])
    rows = AbnormalOffer.objects.filter(proposal__in=mine, asked_at__isnull=False)
    rows = list(rows.select_related("proposal__organisation"))
    writes = Membership.objects.current().filter(user=user, role__in=WRITERS).values("organisation")
    own = [row.proposal_id for row in rows]
    answered_by = set(Proposal.objects.filter(pk__in=own, organisation__in=writes).values_list("pk", flat=True))
    said = {"answered_by": answered_by}
    return {row.proposal_id: render_to_string("startups/_abnormal.html", {"found": row, **said}) for row in rows}
