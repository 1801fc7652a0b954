"""What awards put on desks and before the director."""

from datetime import datetime, time
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Subquery
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from challenges.models import Challenge, Status
from govtech.accounts import roles
from govtech.audit.models import DecisionKind, PreparedDecision
from govtech.clock import local_date
from govtech.shell.registry import DeskItem, desk, slots
from pilots.models import Award, AwardStatus, Letter, PilotStatus, Resolution, ReviewRequest
from pilots.notifications import award as notifications
from pilots.notifications import letter as letter_notifications
from pilots.policies import decision
from startups.desk import competition
from startups.models import Evaluation, Membership, Proposal, ProposalStatus
from startups.models.organisation import OrganisationRole

STARTED = [PilotStatus.RUNNING, PilotStatus.SUSPENDED, PilotStatus.COMPLETED, PilotStatus.TERMINATED]


def register() -> None:
    """Fill the registries of the shell, and of decisions."""
    notifications.register()
    letter_notifications.register()
    desk.register(winner_items)
    desk.register(office_items)
    slots.register("opening.after", way_to_void, 10)
    slots.register("ranking.after", way_to_award, 10)
    slots.register("result.after", winners_advantages, 10)
    slots.register("resolution.after", competition.figures, 10)
    desk.register(review_items)
    decision.register(
        DecisionKind.AWARD, title=_title_of_award, url=_page_of("pilots:approve_award"), related=("challenge",)
    )
    decision.register(
        DecisionKind.ANNULMENT,
        title=_title_of_annulment,
        url=_page_of_annulment,
        related=("resolution__challenge",),
    )
    decision.register(
        DecisionKind.VOID, title=_title_of_void, url=_page_of("pilots:approve_void"), related=("challenge",)
    )


def _title_of_award(_row: PreparedDecision, resolution: Resolution) -> str:
    return _("Award of %(title)s") % {"title": resolution.challenge.title}


def _title_of_void(_row: PreparedDecision, resolution: Resolution) -> str:
    return _("End without award of %(title)s") % {"title": resolution.challenge.title}


def _title_of_annulment(_row: PreparedDecision, award: Award) -> str:
    return _("Annul the award of %(title)s") % {"title": award.resolution.challenge.title}


def _page_of_annulment(_row: PreparedDecision, award: Award) -> str:
    return reverse("pilots:approve_annulment", kwargs={"public_id": award.public_id})


def _page_of(name: str) -> Any:
    def page(_row: PreparedDecision, resolution: Resolution) -> str:
        return reverse(name, kwargs={"slug": resolution.challenge.slug})

    return page


def winner_items(user: Any, *, at: datetime) -> list[DeskItem]:
    """Proposed awards to answer, of organisations that the user owns."""
    own = Membership.objects.current().filter(user=user, role=OrganisationRole.OWNER).values("organisation")
    rows = Award.objects.filter(status=AwardStatus.PROPOSED, proposal__organisation__in=own)
    rows = rows.select_related("resolution__challenge", "proposal__organisation")
    items = []
    for award in rows.order_by("answer_due_on", "pk"):
        due_at = timezone.make_aware(datetime.combine(award.answer_due_on, time(23, 59)))
        items.append(
            DeskItem(
                due_at=due_at,
                title=_("Accept or decline the award of «%(title)s»") % {"title": award.resolution.challenge.title},
                detail=award.proposal.organisation.name,
                url=reverse("pilots:my_award", kwargs={"public_id": award.public_id}),
                action_label=_("Answer"),
                late=due_at < at,
                of=str(award.proposal.organisation_id),
            )
        )
    return items


def office_items(user: Any, *, at: datetime) -> list[DeskItem]:
    """Awards to propose, to prepare, and those whose winner didn't answer in time, for officers."""
    if not roles.is_officer(user):
        return []
    live = Award.objects.live().filter(resolution__challenge=OuterRef("pk"))
    waiting = PreparedDecision.objects.waiting().filter(
        kind__in=[DecisionKind.AWARD, DecisionKind.VOID],
        target_label="pilots.resolution",
        target_id=OuterRef("resolution__pk"),
    )
    ranked = Evaluation.objects.filter(challenge=OuterRef("pk"), locked_at__isnull=False)
    rows = (
        Challenge.objects.filter(Exists(ranked), status=Status.EVALUATING)
        .exclude(Exists(waiting))
        .annotate(has_award=Exists(live), is_accepted=Exists(live.filter(status=AwardStatus.ACCEPTED)))
        .order_by(F("award_until").asc(nulls_last=True), "pk")
    )
    items = []
    for challenge in rows:
        if challenge.has_award and not challenge.is_accepted:
            continue
        title = _("Send the award to the director") if challenge.is_accepted else _("Prepare the award")
        items.append(_item(challenge, title=title, at=at))
    late = Award.objects.filter(status=AwardStatus.PROPOSED, answer_due_on__lt=local_date(at))
    late = late.select_related("resolution__challenge").order_by("answer_due_on", "pk")
    words = _("The proposed winner hasn't answered")
    items += [_item(award.resolution.challenge, title=words, at=at) for award in late]
    return [*items, *(_item(each, title=_("End the reserve list"), at=at) for each in _over_lists())]


def _over_lists() -> Any:
    """Return the calls whose awards are all made and their pilots started, with somebody still on the reserve list."""
    awards = Award.objects.live().filter(resolution__challenge=OuterRef("pk"))
    open_still = awards.exclude(status=AwardStatus.APPROVED, pilot__status__in=STARTED)
    made = awards.order_by().values("resolution__challenge").annotate(n=Count("pk")).values("n")
    waits = Proposal.objects.filter(challenge=OuterRef("pk"), status=ProposalStatus.RESERVE)
    return (
        Challenge.objects.filter(Exists(waits), status__in=[Status.AWARDED, Status.PILOTING, Status.FINISHED])
        .exclude(Exists(open_still))
        .annotate(made=Subquery(made))
        .filter(made__gte=F("awards_planned"))
        .order_by(F("award_until").asc(nulls_last=True), "pk")
    )


def review_items(user: Any, *, at: datetime) -> list[DeskItem]:
    """Requests to review that wait for an answer, for directors."""
    if not roles.is_director(user):
        return []
    rows = ReviewRequest.objects.open().select_related("letter__resolution__challenge")
    items = []
    for review in rows.order_by("due_on", "pk"):
        due_at = timezone.make_aware(datetime.combine(review.due_on, time(23, 59)))
        items.append(
            DeskItem(
                due_at=due_at,
                title=_("Answer a request to review"),
                detail=review.letter.resolution.challenge.title,
                url=review.get_absolute_url(),
                action_label=_("Read and answer"),
                late=due_at < at,
            )
        )
    return items


def way_to_void(challenges: list[Challenge], *, user: Any) -> dict[int, str]:
    """On a page that says that nobody can be awarded: the button of an officer that ends the call."""
    if not roles.is_officer(user):
        return {}
    ending = [thing for thing in challenges if thing.status in (Status.PUBLISHED, Status.EVALUATING)]
    return {thing.pk: render_to_string("pilots/_way_to_void.html", {"challenge": thing}) for thing in ending}


def way_to_award(challenges: list[Challenge], *, user: Any) -> dict[int, str]:
    """Under a ranking: the way to the award, for those who prepare, approve or control it."""
    if not roles.is_staff_role(user):
        return {}
    return {thing.pk: render_to_string("pilots/_way_to_award.html", {"challenge": thing}) for thing in challenges}


def winners_advantages(proposals: list[Proposal], *, user: Any) -> dict[int, str]:
    """On a participant's points: who was awarded, for how much and why (LCSP art. 151.2), once it is published."""
    rows = Resolution.objects.published().filter(challenge__in={thing.challenge_id for thing in proposals})
    found = {row.challenge_id: row for row in rows.select_related("challenge")}
    awards: dict[int, list[Award]] = {}
    published = Award.objects.filter(resolution__in=found.values(), status=AwardStatus.APPROVED)
    for award in published.select_related("proposal__organisation", "resolution").order_by("pk"):
        awards.setdefault(award.resolution.challenge_id, []).append(award)
    sent = Letter.objects.visible_to(user).filter(proposal__in=proposals).order_by("released_at", "pk")
    letters = {letter.proposal_id: letter for letter in sent}
    return {
        thing.pk: render_to_string(
            "pilots/_winners_advantages.html",
            {
                "resolution": found[thing.challenge_id],
                "awards": awards.get(thing.challenge_id, []),
                "letter": letters.get(thing.pk),
            },
        )
        for thing in proposals
        if thing.challenge_id in found
    }


def _item(challenge: Challenge, *, title: str, at: datetime) -> DeskItem:
    until = challenge.award_until
    due_at = timezone.make_aware(datetime.combine(until, time(23, 59))) if until else None
    return DeskItem(
        due_at=due_at,
        title=title,
        detail=f"{challenge.reference} · {challenge.title}",
        url=reverse("pilots:award", kwargs={"slug": challenge.slug}),
        action_label=_("Go to the award"),
        late=bool(due_at and due_at < at),
    )
