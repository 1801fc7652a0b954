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


def prepared(decision: PreparedDecision, challenge: Challenge, *, by: User, at: datetime) -> None:
    """Tell those who may open as second person."""
    people = {user.pk: user for user in [*roles.officers(), *roles.directors()] if user.pk != by.pk}
    notify(
        people.values(),
        "opening.prepared",
        params={"title": challenge.title, "reference": challenge.reference, "person": by.full_name},
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
