"""Reminders of drafts that aren't handed in: 7 days, 72 hours and 6 hours before the deadline they have now."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from challenges.models import Status
from govtech.accounts.models import User
from govtech.clock import PortalNow
from govtech.notifications import kinds, reminders
from govtech.notifications.actions import notify
from govtech.notifications.models import Notice
from startups.models import (
    DraftReminder,
    Membership,
    OrganisationRole,
    Partner,
    PartnerStatus,
    Proposal,
    ProposalStatus,
)

HOURS = (6, 72, 7 * 24)
WRITING = (OrganisationRole.OWNER, OrganisationRole.EDITOR)


def remind_of_drafts(*, at: datetime) -> None:
    """Hourly: tell whoever has drafts that close soon, all in one notice. Safe to repeat.

    A draft is told of once for each of `HOURS` and each deadline: a later deadline moves what is left to be told. One
    begun after such an instant isn't told of it, and one handed in of nothing.
    """
    due = _due().filter(
        challenge__opens_at__lte=at,
        challenge__closes_at__gt=at,
        challenge__closes_at__lte=at + timedelta(hours=max(HOURS)),
    )
    rows = [_reminder(proposal, at) for proposal in due.select_related("challenge").order_by("pk")]
    told = DraftReminder.objects.filter(proposal__in=[row.proposal_id for row in rows])
    before = set(told.values_list("proposal", "closes_at", "hours"))
    fresh = [
        row
        for row in rows
        if (row.proposal_id, row.closes_at, row.hours) not in before
        and row.proposal.created_at <= row.closes_at - timedelta(hours=row.hours)
    ]
    DraftReminder.objects.bulk_create(fresh, ignore_conflicts=True)
    by_member = _by_member(fresh)
    for person, theirs in by_member.items():
        _tell(person, theirs, at=at)
    _tell_partners(fresh, by_member, at=at)


def _due() -> QuerySet[Proposal]:
    """Return the drafts of calls that go on, of organisations that take part."""
    return Proposal.objects.filter(
        status=ProposalStatus.DRAFT, challenge__status=Status.PUBLISHED, organisation__withdrawn_at=None
    )


def _reminder(proposal: Proposal, at: datetime) -> DraftReminder:
    """Return the last reminder whose instant has come."""
    closes_at = proposal.challenge.closes_at
    hours = min(each for each in HOURS if closes_at - timedelta(hours=each) <= at)
    return DraftReminder(proposal=proposal, closes_at=closes_at, hours=hours, told_at=at)


def _by_member(rows: Iterable[DraftReminder]) -> dict[User, list[DraftReminder]]:
    by_organisation = defaultdict(list)
    for row in rows:
        by_organisation[row.proposal.organisation_id].append(row)
    found: dict[User, list[DraftReminder]] = defaultdict(list)
    members = Membership.objects.current().filter(organisation__in=list(by_organisation)).select_related("user")
    for place in members.exclude(role=OrganisationRole.READER).order_by("pk"):  # who only reads can do nothing about it
        found[place.user] += by_organisation[place.organisation_id]
    return found


def _tell_partners(rows: list[DraftReminder], told: dict[User, list[DraftReminder]], *, at: datetime) -> None:
    """Tell whoever writes for a partner, of each proposal: handing in is up to its lead. Nobody is told twice."""
    by_proposal = {row.proposal_id: row for row in rows}
    partners = Partner.objects.filter(proposal__in=list(by_proposal), status=PartnerStatus.CONFIRMED)
    by_organisation = defaultdict(list)
    for proposal, organisation in partners.order_by("pk").values_list("proposal", "organisation"):
        by_organisation[organisation].append(by_proposal[proposal])
    writers = Membership.objects.current().filter(organisation__in=list(by_organisation), role__in=WRITING)
    for place in writers.select_related("user").order_by("pk"):
        for row in by_organisation[place.organisation_id]:
            if row in told.get(place.user, ()):
                continue
            notify(
                [place.user],
                "proposal.partner_draft_due",
                params={
                    "closes_at": row.closes_at,
                    "challenge": row.proposal.challenge.title,
                    "proposals": row.proposal.public_id,
                },
                address=row.proposal.get_absolute_url(),
                key=f"{row.proposal.public_id}:{row.closes_at.isoformat()}:{row.hours}",
                at=at,
            )


def _tell(person: User, rows: list[DraftReminder], *, at: datetime) -> None:
    rows = sorted(rows, key=lambda row: (row.closes_at, row.proposal_id))
    names = [f"{row.proposal.public_id}:{row.closes_at.isoformat()}:{row.hours}" for row in rows]
    kind, params, address = _words_of([row.proposal for row in rows])
    key = names[0] if len(rows) == 1 else hashlib.sha256(" ".join(names).encode()).hexdigest()[:32]
    notify([person], kind, params=params, address=address, key=key, at=at)


def _words_of(proposals: list[Proposal]) -> tuple[str, dict[str, Any], str]:
    """Return kind, parameters and address of a notice about these drafts, whose deadlines come in this order."""
    first = proposals[0]
    params = {"closes_at": first.challenge.closes_at, "proposals": ",".join(row.public_id for row in proposals)}
    if len(proposals) == 1:
        return "proposal.draft_due", params | {"challenge": first.challenge.title}, first.get_absolute_url()
    titles = ", ".join(f"«{row.challenge.title}»" for row in proposals)
    return (
        "proposal.drafts_due",
        params | {"count": len(proposals), "challenges": titles},
        reverse("startups:proposals"),
    )


def still_drafts(notices: list[Notice]) -> set[int]:
    """Return the notices that name a draft which can still be handed in; what was handed in since isn't named."""
    named = {notice.pk: str(notice.params.get("proposals", "")).split(",") for notice in notices}
    due = _due().filter(
        challenge__closes_at__gt=PortalNow(), public_id__in={name for row in named.values() for name in row}
    )
    drafts = list(due.select_related("challenge").order_by("challenge__closes_at", "pk"))
    for notice in notices:
        if left := [row for row in drafts if row.public_id in named[notice.pk]]:
            notice.kind, params, notice.address = _words_of(left)
            notice.params = kinds.stored(params)
        else:
            del named[notice.pk]
    return set(named)


def still_others_drafts(notices: list[Notice]) -> set[int]:
    """Return the notices of partners whose proposal can still be handed in and isn't."""
    named = {notice.pk: notice.params.get("proposals", "") for notice in notices}
    due = _due().filter(challenge__closes_at__gt=PortalNow(), public_id__in=set(named.values()))
    drafts = set(due.values_list("public_id", flat=True))
    return {pk for pk, name in named.items() if name in drafts}


kinds.register(
    "proposal.draft_due",
    subject=_("Your proposal for «{challenge}» isn't handed in yet"),
    text=_("The deadline is {closes_at}, to the second. What you have written is kept; hand it in before then."),
    action=_("Continue"),
    still_holds=still_drafts,
    always=True,
)
kinds.register(
    "proposal.drafts_due",
    subject=_("{count} proposals of yours aren't handed in yet"),
    text=_(
        "For {challenges}. The first deadline is {closes_at}, to the second. What you have written is kept; hand each "
        "one in before its deadline."
    ),
    action=_("My proposals"),
    still_holds=still_drafts,
    always=True,
)
kinds.register(
    "proposal.partner_draft_due",
    subject=_("The proposal for «{challenge}» in which you are a partner isn't handed in yet"),
    text=_(
        "The deadline is {closes_at}, to the second. Its lead hands it in: whatever you still have to write, write it "
        "in good time."
    ),
    action=_("Continue"),
    still_holds=still_others_drafts,
    always=True,
)

reminders.register(remind_of_drafts)
