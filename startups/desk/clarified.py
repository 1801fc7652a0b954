"""What organisations answered after the opening, beside the proposal; and what they are still asked, on their desk."""

from datetime import datetime
from typing import Any

from django.db.models.functions import Coalesce
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from govtech.accounts import roles
from govtech.shell.registry import DeskItem, desk, slots
from startups.actions.clarification import correction_files
from startups.models import ClarificationAnswer, OrganisationRole, Proposal
from startups.notifications import clarification

NOTIFICATIONS = [clarification]  # importing it declares its kinds


def register() -> None:
    """Fill the registries of the shell."""
    desk.register(clarifications)
    slots.register("proposal.judged", judged, 10)
    slots.register("proposal.main", own, 30)


def clarifications(user: Any, *, at: datetime) -> list[DeskItem]:
    """Return, for owners and editors, what they are asked to explain."""
    if roles.is_staff_role(user):
        return []
    rows = ClarificationAnswer.objects.filter(
        proposal__organisation__memberships__user=user,
        proposal__organisation__memberships__left_at__isnull=True,
        proposal__organisation__memberships__role__in=[OrganisationRole.OWNER, OrganisationRole.EDITOR],
        answered_at__isnull=True,
    )
    rows = rows.annotate(ends=Coalesce("due_at", "clarification__due_at")).filter(ends__gte=at)
    return [
        DeskItem(
            due_at=row.ends_at,
            title=_("Explain something of your proposal"),
            detail=f"{row.proposal.challenge.reference} · {row.proposal.challenge.title}",
            url=row.get_absolute_url(),
            action_label=_("Answer"),
            of=str(row.proposal.organisation_id),
        )
        for row in rows.select_related("clarification", "proposal__challenge").order_by("ends", "pk")
    ]


def _answers(proposals: list[Proposal]) -> dict[int, list[ClarificationAnswer]]:
    found: dict[int, list[ClarificationAnswer]] = {}
    rows = ClarificationAnswer.objects.filter(proposal__in=proposals)
    rows = rows.select_related("clarification", "proposal__organisation")
    for row in rows.order_by("clarification__asked_at", "pk"):
        found.setdefault(row.proposal_id, []).append(row)
    return found


def judged(proposals: list[Proposal], *, user: Any) -> dict[Any, SafeString]:  # noqa: ARG001 - the shape of a slot
    """Show, under a proposal that is judged, the correction and the clarifications with their answers."""
    proposals = [each for each in proposals if not getattr(each, "is_masked", False)]  # its copy has them
    answers, files = _answers(proposals), correction_files(proposals)
    return {
        each.pk: render_to_string(
            "startups/_clarified.html",
            {"proposal": each, "answers": answers.get(each.pk, []), "files": files.get(each.pk, [])},
        )
        for each in proposals
        if each.correction_request or each.pk in answers
    }


def own(proposals: list[Proposal], *, user: Any) -> dict[Any, SafeString]:
    """Show an organisation, on its proposal's page, what it is asked to explain and has explained."""
    known = Proposal.objects.of_member(user).filter(pk__in=[each.pk for each in proposals])
    members = set(known.values_list("pk", flat=True))
    answers = _answers([each for each in proposals if each.pk in members])
    return {key: render_to_string("startups/_asked.html", {"answers": rows}) for key, rows in answers.items()}
