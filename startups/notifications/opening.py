"""Who is told of an opening."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from govtech.accounts import roles
from govtech.accounts.models import User
from govtech.audit.models import PreparedDecision
from govtech.notifications.actions import notify
from govtech.notifications.kinds import register
from startups.models import Proposal
from startups.notifications.people import members_of

register(
    "opening.prepared",
    subject=_("Proposals ready to open: {title}"),
    text=_(
        "{person} has prepared the opening of the proposals for {reference}. A second person must open them: any other "
        "officer, the director or internal control."
    ),
    action=_("Go to the opening"),
    shown_to_office=True,
)
register(
    "proposal.opened",
    subject=_("Your proposal has been opened: {title}"),
    text=_(
        "The technical part of your proposal for {reference} was opened on {opened_at}. The price stays sealed until "
        "the panel has closed its scores. Next comes admission: we will write to you if something is missing."
    ),
    action=_("See your proposal"),
)
register(
    "opening.stopped",
    subject=_("Alarm: a proposal for {reference} isn't what was handed in"),
    text=_(
        "At the opening, what is stored under receipt {number} didn't match the receipt, and it was left sealed. The "
        "others were opened. Compare with the backups, then open it with a second person from the page of the opening."
    ),
    action=_("Go to the opening"),
    shown_to_office=True,
)
register(
    "proposal.stopped",
    subject=_("Your proposal could not be opened yet: {title}"),
    text=_(
        "At the opening, what the portal keeps of your proposal for {reference} didn't match receipt {number}. It "
        "stays sealed while the Office finds out why. You needn't do anything: keep your receipt and your files."
    ),
    action=_("See your proposal"),
)


def prepared(decision: PreparedDecision, challenge: Challenge, *, by: User, at: datetime) -> None:
    """Tell those who may open as second person."""
    people = {user.pk: user for user in [*roles.officers(), *roles.directors()] if user.pk != by.pk}
    notify(
        people.values(),
        "opening.prepared",
        params={"title": challenge.title, "reference": challenge.reference, "person": by.full_name, "person_id": by.pk},
        address=reverse("startups:opening", kwargs={"slug": challenge.slug}),
        key=str(decision.pk),
        at=at,
    )


def opened(proposals: Iterable[Proposal], challenge: Challenge, *, at: datetime) -> None:
    """Tell every proposer that theirs was opened."""
    for proposal in proposals:
        notify(
            members_of(proposal),
            "proposal.opened",
            params={"title": challenge.title, "reference": challenge.reference, "opened_at": at},
            address=proposal.get_absolute_url(),
            key=proposal.public_id,
            at=at,
        )


def stopped(proposal: Proposal, register_number: str, challenge: Challenge, *, at: datetime) -> None:
    """Raise the alarm: with the Office, the directors and internal control; and tell the proposer."""
    people = {user.pk: user for user in [*roles.officers(), *roles.directors(), *roles.auditors()]}
    params = {"title": challenge.title, "reference": challenge.reference, "number": register_number}
    page = reverse("startups:opening", kwargs={"slug": challenge.slug})
    notify(people.values(), "opening.stopped", params=params, address=page, key=proposal.public_id, at=at)
    own = proposal.get_absolute_url()
    notify(members_of(proposal), "proposal.stopped", params=params, address=own, key=proposal.public_id, at=at)
