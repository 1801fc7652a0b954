"""Reminders of consortia: an invitation without an answer, and a proposal to hand in again because a partner left.

Said 7 days, 72 hours and 6 hours before the deadline there is now, once each; what was answered or handed in since
isn't mailed. Whoever isn't in the proposal yet reads no name and no title.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge, Status
from govtech.clock import PortalNow
from govtech.notifications import kinds, reminders
from govtech.notifications.actions import notify
from govtech.notifications.models import Notice
from startups.models import Organisation, OrganisationRole, Partner, PartnerStatus, Proposal, ProposalStatus
from startups.notifications.draft import HOURS, WRITING
from startups.notifications.organisation import people_of


def _open(rows: QuerySet[Partner]) -> QuerySet[Partner]:
    """Return invitations, and terms that changed, without an answer, of calls that go on."""
    waits = Q(status=PartnerStatus.INVITED) | Q(status=PartnerStatus.CONFIRMED, confirmed_version__lt=F("version"))
    return rows.filter(
        waits,
        proposal__status__in=[ProposalStatus.DRAFT, ProposalStatus.SUBMITTED],
        proposal__organisation__withdrawn_at=None,
        proposal__challenge__status=Status.PUBLISHED,
    )


def _hours(challenge: Challenge, at: datetime) -> int | None:
    """Return which reminder's instant came last; none where none has come, or the call has closed."""
    left = challenge.closes_at - at
    come = [hours for hours in HOURS if timedelta() < left <= timedelta(hours=hours)]
    return min(come, default=None)


def remind(rows: Iterable[tuple[Partner, Organisation | None]], *, at: datetime) -> None:
    """Tell the owners of each invited organisation that is registered, and its lead. Safe to repeat."""
    for partner, known in rows:
        challenge = partner.proposal.challenge
        hours = _hours(challenge, at)
        if hours is None or partner.invited_at > challenge.closes_at - timedelta(hours=hours):
            continue
        key = f"{partner.public_id}:{partner.version}:{challenge.closes_at.isoformat()}:{hours}"
        if known is not None:
            notify(
                people_of(known, OrganisationRole.OWNER),
                "partner.answer_due",
                params={
                    "organisation": known.name,
                    "closes_at": challenge.closes_at,
                    "partner": partner.public_id,
                    "version": partner.version,
                },
                address=reverse("startups:partner_invitation", kwargs={"partner": partner.public_id}),
                key=key,
                at=at,
            )
        notify(
            people_of(partner.proposal.organisation, *WRITING),
            "partner.lead_waits",
            params={
                "challenge": challenge.title,
                "closes_at": challenge.closes_at,
                "proposal": partner.proposal.public_id,
            },
            address=reverse("startups:consortium", kwargs={"public_id": partner.proposal.public_id}),
            key=f"{partner.proposal.public_id}:{challenge.closes_at.isoformat()}:{hours}",
            at=at,
        )


def unanswered(*, at: datetime) -> list[Partner]:
    """Return what waits for an answer and closes within the first reminder's time."""
    soon = {"proposal__challenge__closes_at__gt": at, "proposal__challenge__closes_at__lte": at + _longest()}
    rows = _open(Partner.objects.filter(**soon)).select_related(
        "organisation", "proposal__challenge", "proposal__organisation"
    )
    return list(rows.order_by("pk"))


def remind_of_leavers(*, at: datetime) -> None:
    """Tell whoever writes for a lead that what it handed in names one that has left. Safe to repeat."""
    soon = {"challenge__closes_at__gt": at, "challenge__closes_at__lte": at + _longest()}
    rows = _to_hand_in_again().filter(**soon).select_related("challenge", "organisation")
    for proposal in rows.order_by("pk"):
        hours = _hours(proposal.challenge, at)
        notify(
            people_of(proposal.organisation, *WRITING),
            "partner.left_due",
            params={
                "challenge": proposal.challenge.title,
                "closes_at": proposal.challenge.closes_at,
                "proposal": proposal.public_id,
            },
            address=reverse("startups:consortium", kwargs={"public_id": proposal.public_id}),
            key=f"{proposal.public_id}:{proposal.challenge.closes_at.isoformat()}:{hours}",
            at=at,
        )


def _to_hand_in_again() -> QuerySet[Proposal]:
    live = Proposal.objects.filter(challenge__status=Status.PUBLISHED, organisation__withdrawn_at=None)
    return live.to_hand_in_again()


def _longest() -> timedelta:
    return timedelta(hours=max(HOURS))


def still_unanswered(notices: list[Notice]) -> set[int]:
    """Return the notices of invitations that still wait for an answer to the terms they told of."""
    named = {notice.pk: (notice.params.get("partner", ""), notice.params.get("version")) for notice in notices}
    rows = _open(Partner.objects.filter(public_id__in={name for name, _version in named.values()}))
    waiting = set(rows.filter(proposal__challenge__closes_at__gt=PortalNow()).values_list("public_id", "version"))
    return {pk for pk, key in named.items() if key in waiting}


def still_waiting(notices: list[Notice]) -> set[int]:
    """Return the notices of leads that still wait for one at least of those they invited."""
    named = {notice.pk: notice.params.get("proposal", "") for notice in notices}
    rows = _open(Partner.objects.filter(proposal__public_id__in=set(named.values())))
    waiting = rows.filter(proposal__challenge__closes_at__gt=PortalNow()).values_list("proposal__public_id", flat=True)
    alive = set(waiting)
    return {pk for pk, name in named.items() if name in alive}


def still_to_hand_in(notices: list[Notice]) -> set[int]:
    """Return the notices of proposals that still name somebody who has left."""
    named = {notice.pk: notice.params.get("proposal", "") for notice in notices}
    rows = _to_hand_in_again().filter(public_id__in=set(named.values()), challenge__closes_at__gt=PortalNow())
    left = set(rows.values_list("public_id", flat=True))
    return {pk for pk, name in named.items() if name in left}


kinds.register(
    "partner.answer_due",
    subject=_("An invitation to a consortium waits for {organisation}"),
    text=_(
        "The deadline is {closes_at}, to the second. Without a yes or a no of {organisation} the proposal can't be "
        "handed in. Who asks, and for what, is on the page, for owners only."
    ),
    action=_("Read and answer"),
    still_holds=still_unanswered,
    always=True,
)
kinds.register(
    "partner.lead_waits",
    subject=_("A partner of your proposal for «{challenge}» hasn't answered"),
    text=_(
        "The deadline is {closes_at}, to the second. It can't be handed in until everybody you named has confirmed or "
        "you take them out."
    ),
    action=_("See the consortium"),
    still_holds=still_waiting,
    always=True,
)
kinds.register(
    "partner.left_due",
    subject=_("Your proposal for «{challenge}» still names a partner that has left"),
    text=_(
        "The deadline is {closes_at}, to the second. Set the shares anew and hand in again before it; otherwise it is "
        "opened as it is, marked as left."
    ),
    action=_("See the consortium"),
    still_holds=still_to_hand_in,
    always=True,
)
reminders.register(remind_of_leavers)
