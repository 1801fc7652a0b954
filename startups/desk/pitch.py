"""Presentations on desks: the shortlist for the secretary, points for members, the appointment for companies."""

from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from challenges.models import Challenge, Status
from govtech.policies import allows
from govtech.shell.registry import DeskItem, desk, slots
from startups.actions import pitch as actions
from startups.models import Evaluation, PanelMember, PanelRole, Proposal, ProposalStatus, Shortlist
from startups.notifications import pitch
from startups.policies import pitch as policies

NOTIFICATIONS = [pitch]  # importing it declares its kinds


def register() -> None:
    """Fill the registries of the shell."""
    desk.register(presentations)
    slots.register("proposal.main", own, 22)


def presentations(user: Any, *, at: datetime) -> list[DeskItem]:
    """Return the second rounds that wait for this person: few calls have one, so each is read by itself."""
    places = (
        PanelMember.objects.current()
        .filter(user=user, challenge__shortlist_size__isnull=False, challenge__status=Status.EVALUATING)
        .exclude(challenge__in=Evaluation.objects.filter(locked_at__isnull=False).values("challenge"))
        .select_related("challenge")
        .order_by("pk")
    )
    return [item for member in places for item in _of_place(member, user, at=at)]


def _of_place(member: PanelMember, user: Any, *, at: datetime) -> list[DeskItem]:
    challenge = member.challenge
    found = policies.round_of(challenge, at=at)
    if allows(policies.check_can_shortlist, challenge, by=user, at=at):
        if found.shortlist is None:
            return [_item(challenge, _("Make the shortlist of those who present"), _("Make it"))]
        if actions.to_hear(challenge):
            return [_item(challenge, _("Call a proposal that must be heard now"), _("Call it"))]
    heard = [each for each in found.presenting if found.call_of(each.public_id).presents_at <= at]
    owing = sum(member.pk in found.owed(each) for each in heard)
    if owing:
        words = ngettext("%(n)s presentation to score", "%(n)s presentations to score", owing) % {"n": owing}
        return [_item(challenge, words, _("Give points"))]
    unwritten = [each for each in heard if found.reasons.get(each.pk, 0) < len(found.criteria)]
    if member.role == PanelRole.SECRETARY and unwritten and not any(found.owed(each) for each in unwritten):
        return [_item(challenge, _("Write the final reasons of the presentations"), _("Write"))]
    return []


def _item(challenge: Challenge, title: str, label: str) -> DeskItem:
    return DeskItem(
        due_at=None,
        title=title,
        detail=f"{challenge.reference} · {challenge.title}",
        url=reverse("startups:pitch", kwargs={"slug": challenge.slug}),
        action_label=label,
    )


def own(proposals: list[Proposal], *, user: Any) -> dict[Any, SafeString]:
    """Tell an organisation, on its proposal's page, when and where it presents."""
    mine = Proposal.objects.of_member(user).filter(pk__in=[each.pk for each in proposals])
    rows = mine.filter(status=ProposalStatus.ADMITTED, challenge__shortlist_size__isnull=False)
    lists = Shortlist.objects.filter(challenge__in=rows.values("challenge")).order_by("pk")  # the last says when
    called = {key: row for row in lists for key in row.presenting}
    return {
        each.pk: render_to_string("startups/_pitch.html", {"shortlist": called[each.public_id]})
        for each in rows
        if each.public_id in called
    }
