"""Who judges, on the call's public page; and what independence asks of director, challenged member and secretary."""

from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from challenges.models import Challenge, Status
from govtech.accounts import roles
from govtech.shell.registry import DeskItem, desk, slots
from govtech.statements import OneOf, Slot, Statement
from startups.actions import reading
from startups.models import Evaluation, Membership, PanelMember, PanelRole, Proposal, Recusation
from startups.notifications import expert, recusation, redaction
from startups.policies import redaction as redactions
from startups.policies.organisation import WRITERS

NOTIFICATIONS = [expert, recusation, redaction]  # importing them declares their kinds
ORDER = [PanelRole.CHAIR, PanelRole.MEMBER, PanelRole.SECRETARY, PanelRole.SUBSTITUTE, PanelRole.ADVISER]


def register() -> None:
    """Fill the registries of the shell."""
    desk.register(challenged)
    desk.register(copies)
    slots.register("challenge.after", judges, 15)
    slots.register("proposal.aside", may_challenge, 30)


_SEATED = Statement(
    lambda: (
        PanelMember.objects.current()
        .filter(OneOf(F("challenge"), Slot("keys", ArrayField(BigIntegerField()))), accepted_at__isnull=False)
        .select_related("user")
        .order_by("named_at", "pk")
    )
)


def judges(challenges: list[Challenge], *, user: Any) -> dict[Any, SafeString]:  # noqa: ARG001 - the same for all
    """Return names and posts of those who accepted a place on the panel of each (Law 9/2017 art. 63.5). One query."""
    launched = [each.pk for each in challenges if each.slug]
    found: dict[int, list[PanelMember]] = {}
    for row in _SEATED.rows(keys=launched) if launched else ():
        found.setdefault(row.challenge_id, []).append(row)
    for members in found.values():
        members.sort(key=lambda member: ORDER.index(PanelRole(member.role)))
    return {key: render_to_string("startups/_judges.html", {"members": members}) for key, members in found.items()}


def may_challenge(proposals: list[Proposal], *, user: Any) -> dict[Any, SafeString]:
    """Link, for owners and editors of its lead, the page on which a member of the panel is challenged."""
    opened = [each for each in proposals if each.opened_at is not None and each.challenge.status == Status.EVALUATING]
    if not opened:
        return {}
    own = set(Membership.objects.current().filter(user=user, role__in=WRITERS).values_list("organisation", flat=True))
    return {
        each.pk: render_to_string("startups/_may_challenge.html", {"proposal": each})
        for each in opened
        if each.organisation_id in own
    }


def challenged(user: Any, *, at: datetime) -> list[DeskItem]:
    """Return, for the person challenged, what to answer; for directors off the panel, what to decide."""
    if not user.is_authenticated:
        return []
    rows = Recusation.objects.pending().select_related("member__challenge", "member__user").order_by("due_at", "pk")
    mine = [
        _item(row, _("Answer: you have been challenged"), _("Read and answer"), row.answer_due_at, at=at)
        for row in rows.filter(member__user=user, answered_at__isnull=True)
    ]
    if not roles.is_director(user):
        return mine
    seated = PanelMember.objects.current().filter(user=user).values("challenge")
    ready = [
        row
        for row in rows.exclude(member__challenge__in=seated).exclude(member__user=user)
        if row.answered_at is not None or at > row.answer_due_at
    ]
    title = _("Decide on a challenged member of a panel")
    return mine + [_item(row, title, _("Decide"), row.due_at, at=at) for row in ready]


def _item(row: Recusation, title: str, label: str, due_at: datetime, *, at: datetime) -> DeskItem:
    challenge = row.member.challenge
    return DeskItem(
        due_at=due_at,
        title=title,
        detail=f"{challenge.reference} · {challenge.title}",
        url=reverse("startups:recusation", kwargs={"public_id": row.public_id}),
        action_label=label,
        late=due_at < at,
    )


def copies(user: Any, *, at: datetime) -> list[DeskItem]:  # noqa: ARG001 - the shape of the registry
    """Return, for secretaries, the copies without names that the panel waits for."""
    seats = PanelMember.objects.in_mandate().filter(user=user, role=PanelRole.SECRETARY, has_conflict=False)
    seats = seats.filter(challenge__is_anonymised=True, challenge__status=Status.EVALUATING)
    seats = seats.exclude(challenge__in=Evaluation.objects.filter(locked_at__isnull=False).values("challenge"))
    waiting = {seat.challenge: 0 for seat in seats.select_related("challenge").order_by("pk")}
    if not waiting:
        return []
    rows = Proposal.objects.on_panel().filter(challenge__in=[each.pk for each in waiting]).select_related("challenge")
    rows = list(rows)
    new = reading.waiting(rows)
    for proposal in [*redactions.unreleased(rows), *(each for each in rows if each.pk in new)]:
        waiting[proposal.challenge] += 1
    return [
        DeskItem(
            due_at=None,
            title=ngettext("Prepare %(n)s copy without names", "Prepare %(n)s copies without names", count)
            % {"n": count},
            detail=f"{challenge.reference} · {challenge.title}",
            url=reverse("startups:panel", kwargs={"slug": challenge.slug}),
            action_label=_("Prepare"),
        )
        for challenge, count in waiting.items()
        if count
    ]
