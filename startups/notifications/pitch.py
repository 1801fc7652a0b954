"""Who is told of the presentations."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from govtech.notifications.actions import notify
from govtech.notifications.kinds import register
from startups.models import PanelRole, Proposal, Shortlist
from startups.notifications.people import members_of, panel_of

register(
    "presentation.called",
    subject=_("You present your proposal: {title}"),
    text=_("Your proposal for {reference} is among those that present before the panel, on {presents_at}. {place}"),
    action=_("See your proposal"),
)
register(
    "presentation.not_called",
    subject=_("Your proposal isn't among those that present: {title}"),
    text=_(
        "Your proposal for {reference} isn't among those that present before the panel, by the points of the other "
        "criteria. You will read them, with their reasons, when the scores are locked."
    ),
    action=_("See your proposal"),
)
register(
    "presentation.moved",
    subject=_("Your presentation has another day or place: {title}"),
    text=_(
        "The presentation of your proposal for {reference} has been moved: it is now on {presents_at}. {place}\n\n"
        "Why: {reason}"
    ),
    action=_("See your proposal"),
)
register(
    "presentation.panel_moved",
    subject=_("Presentations moved: {reference}"),
    text=_(
        "The secretary has moved the presentations of «{title}» that are still to be heard: they are now on "
        "{presents_at}. {place}\n\nWhy: {reason}"
    ),
    action=_("See who presents"),
)
register(
    "presentation.panel",
    subject=_("Presentations: {reference}"),
    text=_("The secretary has made the shortlist of «{title}». Presentations are on {presents_at}. {place}"),
    action=_("See who presents"),
)


def told(shortlist: Shortlist, proposal: Proposal, *, presents: bool, at: datetime) -> None:
    """Tell an organisation whether it presents."""
    _tell(
        shortlist,
        members_of(proposal),
        "presentation.called" if presents else "presentation.not_called",
        proposal.get_absolute_url(),
        key=proposal.public_id,
        at=at,
    )


def moved(shortlist: Shortlist, proposal: Proposal, *, at: datetime) -> None:
    """Tell an organisation that presents of its new day, and why."""
    key = f"{proposal.public_id}:{shortlist.pk}"
    _tell(shortlist, members_of(proposal), "presentation.moved", proposal.get_absolute_url(), key=key, at=at)


def panel_told(shortlist: Shortlist, *, at: datetime) -> None:
    """Tell the panel when it hears whom; also where it is moved, and why."""
    address = reverse("startups:pitch", kwargs={"slug": shortlist.challenge.slug})
    people = panel_of(shortlist.challenge, PanelRole.values)
    kind = "presentation.panel_moved" if shortlist.reason else "presentation.panel"
    _tell(shortlist, people, kind, address, key=str(shortlist.pk), at=at)


def _tell(shortlist: Shortlist, people: Any, kind: str, address: str, *, key: str, at: datetime) -> None:
    challenge = shortlist.challenge
    params = {
        "title": challenge.title,
        "reference": challenge.reference,
        "presents_at": shortlist.presents_at,
        "place": shortlist.place,
        "reason": shortlist.reason,
    }
    notify(people, kind, params=params, address=address, key=key, at=at)
