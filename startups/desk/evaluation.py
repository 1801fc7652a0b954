"""Desk: what an evaluation asks of officers, seconds, members, chair, secretary and companies; links on other pages."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from challenges.models import Challenge, Status
from govtech.accounts import roles
from govtech.audit.models import DecisionKind, PreparedDecision
from govtech.clock import local_date
from govtech.reference.models import Rules
from govtech.shell.registry import DeskItem, desk, slots
from startups.actions import assignment
from startups.models import (
    ConflictDeclaration,
    Evaluation,
    ExclusionRule,
    OrganisationRole,
    PanelMember,
    PanelRole,
    Proposal,
    ProposalStatus,
)
from startups.models.panel import SCORING, VOTING
from startups.notifications import admission, evaluation, opening, panel, panel_question
from startups.policies import evaluation as policies
from startups.policies import pitch as presentations
from startups.policies.panel import VOTING_MINIMUM

NOTIFICATIONS = [admission, evaluation, opening, panel, panel_question]  # importing them declares their kinds
REMINDERS = [assignment]  # importing it declares its reminder


def register() -> None:
    """Fill the registries of the shell."""
    desk.register(openings)
    desk.register(admissions)
    desk.register(panels)
    desk.register(own_panels)
    desk.register(corrections)
    slots.register("proposal.main", proposal_main, 20)
    slots.register("proposal.aside", proposal_aside, 20)
    slots.register("challenge.aside", challenge_aside, 40)


def _item(challenge: Challenge, page: str, title: str, label: str, due_at: datetime | None, at: datetime) -> DeskItem:
    return DeskItem(
        due_at=due_at,
        title=title,
        detail=f"{challenge.reference} · {challenge.title}",
        url=reverse(f"startups:{page}", kwargs={"slug": challenge.slug}),
        action_label=label,
        late=due_at is not None and due_at < at,
    )


def openings(user: Any, *, at: datetime) -> list[DeskItem]:
    """Return challenges whose proposals can be opened: to prepare for officers, to open for any second person."""
    if not roles.is_staff_role(user):
        return []
    hours = Rules.objects.in_force(local_date(at)).opening_delay_hours
    waiting = list(
        Challenge.objects.visible_to(user)
        .filter(status=Status.PUBLISHED, closes_at__lte=at - timedelta(hours=hours))
        .order_by("closes_at", "pk")
    )
    decisions = {
        row.target_id: row
        for row in PreparedDecision.objects.filter(
            kind=DecisionKind.OPENING,
            target_label=Challenge._meta.label_lower,  # noqa: SLF001 - Django's documented interface
            target_id__in=[challenge.pk for challenge in waiting],
        ).waiting()
    }
    items = []
    for challenge in waiting:
        due = challenge.closes_at + timedelta(hours=hours)
        decision = decisions.get(challenge.pk)
        if decision is None and roles.is_officer(user):
            items.append(_item(challenge, "opening", _("Prepare the opening of proposals"), _("Prepare"), due, at))
        elif decision is not None and decision.prepared_by_id != user.pk:
            items.append(
                _item(challenge, "opening", _("Open the proposals as second person"), pgettext("verb", "Open"), due, at)
            )
    return items


def admissions(user: Any, *, at: datetime) -> list[DeskItem]:
    """Return, for officers, challenges with proposals to decide on now."""
    if not roles.is_officer(user):
        return []
    to_decide = Q(status=ProposalStatus.SUBMITTED) | (
        Q(status=ProposalStatus.CORRECTION_REQUESTED) & (Q(corrected_at__isnull=False) | Q(correction_due_at__lte=at))
    )
    counts = dict(
        Proposal.objects.visible_to(user)
        .filter(to_decide, opened_at__isnull=False, challenge__status=Status.EVALUATING)
        .values_list("challenge")
        .annotate(n=Count("pk"))
    )
    return [
        _item(
            challenge,
            "admission",
            ngettext("%(n)s proposal to admit or leave out", "%(n)s proposals to admit or leave out", n) % {"n": n},
            _("Decide"),
            None,
            at,
        )
        for challenge in Challenge.objects.filter(pk__in=counts).order_by("pk")
        for n in [counts[challenge.pk]]
    ]


def panels(user: Any, *, at: datetime) -> list[DeskItem]:
    """Return, for officers, challenges in evaluation whose panel lacks somebody."""
    if not roles.is_officer(user):
        return []
    open_ones = Evaluation.objects.filter(locked_at__isnull=True, challenge__status=Status.EVALUATING)
    members = PanelMember.objects.current().filter(challenge__in=open_ones.values("challenge"))
    counts = {
        row["challenge"]: row
        for row in members.values("challenge").annotate(
            voting=Count("pk", filter=Q(role__in=VOTING)),
            chairs=Count("pk", filter=Q(role=PanelRole.CHAIR)),
            secretaries=Count("pk", filter=Q(role=PanelRole.SECRETARY)),
        )
    }
    admitted = Proposal.objects.on_panel().filter(challenge__in=open_ones.values("challenge")).values("challenge")
    found = []
    for challenge in Challenge.objects.filter(pk__in=admitted).order_by("pk"):
        row = counts.get(challenge.pk)
        if row is None or row["voting"] < VOTING_MINIMUM or not row["chairs"] or not row["secretaries"]:
            found.append(_item(challenge, "panel", _("Name the panel"), _("Name it"), None, at))
    return found


def own_panels(user: Any, *, at: datetime) -> list[DeskItem]:
    """Return what the panels this person sits on ask: declare, score with the count left, write reasons, lock."""
    places = list(
        PanelMember.objects.current()
        .filter(user=user, challenge__status__in=[Status.PUBLISHED, Status.EVALUATING])
        .exclude(challenge__in=Evaluation.objects.filter(locked_at__isnull=False).values("challenge"))
        .select_related("challenge", "user")
        .order_by("named_at", "pk")
    )
    if not places:
        return []
    works = policies.works([member.challenge for member in places], at=at)
    evaluations = {row.challenge_id: row for row in Evaluation.objects.filter(challenge__in=works)}
    said = dict(
        ConflictDeclaration.objects.filter(
            member__in=places, proposal__in=[each.pk for work in works.values() for each in work.proposals]
        )
        .values_list("member")
        .annotate(n=Count("pk"))
    )
    return [
        item
        for member in places
        for item in _of_place(
            member, works[member.challenge_id], evaluations.get(member.challenge_id), said.get(member.pk, 0), at=at
        )
    ]


def _of_place(
    member: PanelMember, work: policies.Work, evaluation: Evaluation | None, said: int, *, at: datetime
) -> Iterable[DeskItem]:
    challenge, due = member.challenge, _end_of(member.challenge)
    if member.declared_at is None:
        yield _item(challenge, "declare", _("Declare your interests before seeing proposals"), _("Declare"), due, at)
        return
    undeclared = len(work.proposals) - said
    if undeclared > 0:
        words = ngettext(
            "Declare on %(n)s organisation that takes part",
            "Declare on %(n)s organisations that take part",
            undeclared,
        )
        yield _item(challenge, "declare", words % {"n": undeclared}, _("Declare"), due, at)
    left = sum(member.pk in owing for owing in work.owed.values()) - (undeclared if member.role in VOTING else 0)
    if member.role in SCORING and left > 0:
        words = ngettext("%(n)s proposal left to score", "%(n)s proposals left to score", left) % {"n": left}
        yield _item(challenge, "scores", words, _("Score now"), due, at)
    if member.role in {PanelRole.CHAIR, PanelRole.SECRETARY} and evaluation is not None:
        yield from _of_lock(member, work, evaluation, due, at=at)


def _of_lock(
    member: PanelMember, work: policies.Work, evaluation: Evaluation, due: datetime | None, *, at: datetime
) -> Iterable[DeskItem]:
    """Reasons for the secretary once all sheets are in; then the confirmation of whoever hasn't confirmed."""
    challenge, is_chair = member.challenge, member.role == PanelRole.CHAIR
    lines = [*policies.lines_of(work), *presentations.lines(challenge, at=at)]
    stops = [line for line in lines if line.level == "stop"]
    if not stops:
        if (evaluation.locked_by_chair_id if is_chair else evaluation.locked_by_secretary_id) is None:
            yield _item(challenge, "lock", _("Confirm the scores and lock them"), _("Read and confirm"), due, at)
    elif not is_chair and work.proposals and not work.owed:
        yield _item(challenge, "lock", _("Write the final reasons"), _("Write"), due, at)


def _end_of(challenge: Challenge) -> datetime | None:
    """Return the end of the day the call says the evaluation ends."""
    if challenge.evaluation_until is None:
        return None
    day = datetime.combine(challenge.evaluation_until, datetime.min.time()) + timedelta(hours=23, minutes=59)
    return timezone.make_aware(day)


def corrections(user: Any, *, at: datetime) -> list[DeskItem]:
    """Return, for owners and editors, corrections their proposals are asked for."""
    if roles.is_staff_role(user):
        return []
    writers = [OrganisationRole.OWNER, OrganisationRole.EDITOR]
    asked = (
        Proposal.objects.filter(
            organisation__memberships__user=user,
            organisation__memberships__left_at__isnull=True,
            organisation__memberships__role__in=writers,
            status=ProposalStatus.CORRECTION_REQUESTED,
            corrected_at__isnull=True,
            correction_due_at__gte=at,
        )
        .select_related("challenge")
        .order_by("correction_due_at", "pk")
    )
    return [
        DeskItem(
            due_at=proposal.correction_due_at,
            title=_("Correct something in your proposal"),
            detail=f"{proposal.challenge.reference} · {proposal.challenge.title}",
            url=reverse("startups:correct", kwargs={"public_id": proposal.public_id}),
            action_label=_("Answer"),
            of=str(proposal.organisation_id),
        )
        for proposal in asked
    ]


def proposal_main(proposals: list[Proposal], *, user: Any) -> dict[Any, SafeString]:
    """Tell an organisation, on its proposal's page, what admission and panel made of it."""
    own = set(
        Proposal.objects.of_member(user).filter(pk__in=[each.pk for each in proposals]).values_list("pk", flat=True)
    )
    ranked = set(Proposal.objects.filter(pk__in=own, result__isnull=False).values_list("pk", flat=True))
    return {
        each.pk: render_to_string(
            "startups/_own_evaluation.html",
            {"proposal": each, "has_points": each.pk in ranked, "rule": _rule(each)},
        )
        for each in proposals
        if each.pk in own and each.opened_at is not None
    }


def _rule(proposal: Proposal) -> str:
    return str(ExclusionRule(proposal.exclusion_rule).label) if proposal.exclusion_rule else ""


def proposal_aside(proposals: list[Proposal], *, user: Any) -> dict[Any, SafeString]:
    """Link, for those who decide or score, the page on which they do."""
    opened = [each for each in proposals if each.opened_at is not None]
    officer = roles.is_officer(user)
    scoring = set(
        PanelMember.objects.current()
        .filter(user=user, role__in=SCORING, has_conflict=False)
        .filter(challenge__in=[each.challenge_id for each in opened])
        .values_list("challenge", flat=True)
    )
    return {
        each.pk: render_to_string(
            "startups/_proposal_links.html",
            {
                "proposal": each,
                "decides": officer and each.status in {ProposalStatus.SUBMITTED, ProposalStatus.CORRECTION_REQUESTED},
                "scores": each.challenge_id in scoring and each.status == ProposalStatus.ADMITTED,
            },
        )
        for each in opened
    }


def challenge_aside(challenges: list[Challenge], *, user: Any) -> dict[Any, SafeString]:
    """Link, for staff and panel, the pages of the evaluation on the challenge's page."""
    if not user.is_authenticated:
        return {}
    launched = [each for each in challenges if each.slug]
    staff = roles.is_staff_role(user)
    seats = set(
        PanelMember.objects.current()
        .filter(user=user, challenge__in=[each.pk for each in launched])
        .values_list("challenge", flat=True)
    )
    locked = set(
        Evaluation.objects.filter(challenge__in=[each.pk for each in launched], locked_at__isnull=False).values_list(
            "challenge", flat=True
        )
    )
    return {
        each.pk: render_to_string(
            "startups/_challenge_links.html",
            {"challenge": each, "staff": staff, "sits": each.pk in seats, "is_locked": each.pk in locked},
        )
        for each in launched
        if staff or each.pk in seats
    }
