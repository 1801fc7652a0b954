"""Desk, menus and other apps' pages: proposals of one's organisations, and how many are sealed."""

from datetime import datetime
from typing import Any

from django.db.models import Case, Count, OuterRef, Q, QuerySet, Subquery, When
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from challenges.models import Challenge, Status
from challenges.notifications import audience
from govtech import clock
from govtech.accounts import roles
from govtech.accounts.models import User
from govtech.shell.registry import DeskItem, account, desk, footer, slots
from startups.actions.terms import invitations_of
from startups.models import (
    Membership,
    Organisation,
    Participation,
    Partner,
    PartnerStatus,
    Proposal,
    ProposalStatus,
)
from startups.notifications import consortium, consortium_due
from startups.notifications import draft as draft_notifications
from startups.notifications import proposal as notifications
from startups.policies import proposal as policies
from startups.policies.acting import can_act_for
from startups.policies.organisation import WRITERS

# importing them declares their kinds and their reminders
NOTIFICATIONS = [consortium, consortium_due, notifications, draft_notifications]


def register() -> None:
    """Fill the registries of the shell."""
    account.register("proposals", gettext_lazy("My proposals"), "startups:proposals", 11)
    footer.register("verify", gettext_lazy("Check a receipt"), "startups:verify_form", 30)
    desk.register(drafts)
    desk.register(invitations)
    slots.register("challenge.aside", challenge_aside, 10)
    slots.register("challenge.row", challenge_row, 20)
    slots.register("challenge.questions", before_asking, 10)
    audience.register(members_taking_part)


def before_asking(challenges: list[Challenge], *, user: Any) -> dict[int, SafeString]:
    """Say what keeps the person from proposing, before they write a question: each rule with the way to mend it.

    Of whoever belongs to several organisations, each that can't is named: the question may be asked for that one. It
    stops nobody: asking may be how somebody finds out whether to take part.
    """
    if not user.is_authenticated or roles.is_participantless(user):
        return {}
    own = list(Organisation.objects.of_member(user).order_by("name", "pk"))
    at = clock.now()
    found = {}
    for challenge in challenges:
        obstacles = policies.obstacles_of(challenge, own, by=user, at=at)
        rows = [(each, obstacles[each.pk]) for each in own if obstacles[each.pk]]
        if own and not rows:
            continue
        context = {"challenge": challenge, "rows": rows, "by_name": len(own) > 1, "some": len(rows) < len(own)}
        found[challenge.pk] = SafeString(render_to_string("startups/_before_asking.html", context))
    return found


def members_taking_part(challenge: Challenge) -> QuerySet[User]:
    """Return the members of organisations with a live draft or proposal: they hear of every change of the call."""
    live = Participation.objects.filter(challenge=challenge, is_live=True).values("organisation")
    members = Membership.objects.current().filter(organisation__in=live).values("user")
    return User.objects.filter(pk__in=members)


def drafts(user: Any, *, at: datetime) -> list[DeskItem]:
    """Return what the person's organisations, leading or as partners, have to write or hand in until a deadline."""
    own = Membership.objects.current().filter(user=user, role__in=WRITERS, organisation__withdrawn_at=None)
    own = own.values("organisation")
    joined = Partner.objects.filter(organisation__in=own, status=PartnerStatus.CONFIRMED).values("proposal")
    leads = Q(organisation__in=own)
    of_own = Partner.objects.filter(proposal=OuterRef("pk"), organisation__in=own, status=PartnerStatus.CONFIRMED)
    rows = (
        Proposal.objects.filter(challenge__status=Status.PUBLISHED, challenge__closes_at__gt=at)
        .filter(
            (leads | Q(pk__in=joined)) & Q(status=ProposalStatus.DRAFT)
            | leads & Q(pk__in=Proposal.objects.to_hand_in_again().values("pk"))
        )
        .annotate(
            is_lead=Case(When(leads, then=True), default=False), partner_id=Subquery(of_own.values("organisation")[:1])
        )
        .select_related("challenge", "organisation")
        .order_by("challenge__closes_at", "pk")
    )
    return [
        DeskItem(
            due_at=row.challenge.closes_at,
            title=_to_do(row),
            detail=f"{row.challenge.reference} · {row.challenge.title} · {row.organisation.name}",
            url=row.get_absolute_url(),
            action_label=_("Continue"),
            of=str(row.organisation_id if row.is_lead else row.partner_id),
        )
        for row in rows
    ]


def _to_do(proposal: Any) -> str:
    if not proposal.is_lead:
        return _("Write your part of a proposal")
    if proposal.status == ProposalStatus.DRAFT:
        return _("Hand in your proposal")
    return _("Hand in again: a partner has left")


def invitations(user: Any, *, at: datetime) -> list[DeskItem]:
    """Return the consortia that wait for the answer of an organisation of which the person is an owner."""
    return [
        DeskItem(
            due_at=partner.proposal.challenge.closes_at,
            title=_("Answer an invitation to a consortium"),
            detail=organisation.name,
            url=reverse("startups:partner_invitation", kwargs={"partner": partner.public_id}),
            action_label=_("Read it"),
            of=str(organisation.pk),
        )
        for partner, organisation in invitations_of(user, at=at)
    ]


def challenge_aside(challenges: list[Challenge], *, user: Any) -> dict[Any, SafeString]:
    """Offer the one thing to do: propose, continue, see; to the city's staff, how many are sealed."""
    if roles.is_participantless(user):
        return _sealed_counts(challenges, user, "startups/_sealed.html")
    own = _own_proposals(challenges, user)
    at = getattr(challenges[0], "_seen_at", None) or clock.now()  # the instant of the page where it has one
    of_several = bool(own) and len(can_act_for(user)) > 1
    found = {}
    for challenge in challenges:
        proposal = own.get(challenge.pk)
        if proposal is None and not policies.is_prepared_for(challenge, at):
            continue
        found[challenge.pk] = render_to_string(
            "startups/_propose_button.html",
            {
                "proposal": proposal,
                "is_draft": proposal is not None and proposal.status == ProposalStatus.DRAFT,
                "is_over": at >= challenge.closes_at,
                "of_several": of_several,
                "url": reverse("startups:propose", kwargs={"slug": challenge.slug}),
            },
        )
    return found


def _own_proposals(challenges: list[Challenge], user: Any) -> dict[int, Proposal]:
    if user is None or not user.is_authenticated:
        return {}
    rows = Proposal.objects.of_member(user).filter(challenge__in=challenges).exclude(status=ProposalStatus.WITHDRAWN)
    return {row.challenge_id: row for row in rows.select_related("organisation").order_by("-pk")}


def challenge_row(challenges: list[Challenge], *, user: Any) -> dict[Any, SafeString]:
    """Say in a list how many proposals are sealed: to the city's staff, for theirs."""
    if not roles.is_participantless(user):
        return {}
    return {
        pk: format_html('<span class="tag">{}</span>', html)
        for pk, html in _sealed_counts(challenges, user, "").items()
    }


def _sealed_counts(challenges: list[Challenge], user: Any, template: str) -> dict[Any, SafeString]:
    """Count what was handed in and isn't opened. Delegates: of their departments only. A count and nothing else."""
    seen = [each for each in challenges if each.status == Status.PUBLISHED and _may_count(each, user)]
    rows = Proposal.objects.filter(
        challenge__in=[each.pk for each in seen], status=ProposalStatus.SUBMITTED, opened_at=None
    )
    counts = dict(rows.values_list("challenge").annotate(n=Count("pk")).order_by())
    found = {}
    for challenge in seen:
        n = counts.get(challenge.pk, 0)
        words = ngettext("%(n)s sealed proposal", "%(n)s sealed proposals", n) % {"n": n}
        found[challenge.pk] = render_to_string(template, {"words": words}) if template else words
    return found


def _may_count(challenge: Challenge, user: Any) -> bool:
    if roles.is_officer(user) or roles.is_director(user) or roles.is_auditor(user):
        return True
    return challenge.department_id in roles.departments_of(user)
