"""Who is told of an admission."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from govtech.accounts import roles
from govtech.notifications.actions import notify
from govtech.notifications.kinds import register
from startups.models import Proposal
from startups.notifications.people import lead_of, members_of, partners_of

register(
    "proposal.admitted",
    subject=_("Your proposal has been admitted: {title}"),
    text=_("Your proposal for {reference} goes on to the panel, which will score it."),
    action=_("See your proposal"),
)
register(
    "proposal.excluded",
    subject=_("Your proposal has been left out: {title}"),
    text=_("Your proposal for {reference} has not been admitted. The reason is on its page."),
    action=_("Read the reason"),
)
register(
    "proposal.correction_requested",
    subject=_("Something must be corrected in your proposal: {title}"),
    text=_("The Digital Office asks for a correction of your proposal for {reference}. You have until {due_at}."),
    action=_("Answer"),
)
register(
    "proposal.partner_correction_requested",
    subject=_("Something must be corrected in the proposal in which you are a partner: {title}"),
    text=_(
        "The Digital Office asks for a correction of the proposal for {reference}. {lead}, which leads it, answers for "
        "the whole consortium, until {due_at}. Tell it what concerns your part."
    ),
    action=_("Read what is asked"),
)
register(
    "proposal.corrected",
    subject=_("A correction has arrived: {title}"),
    text=_("An organisation has answered what it was asked to correct in its proposal for {reference}."),
    action=_("Decide on its admission"),
)


def admitted(proposal: Proposal, *, at: datetime) -> None:
    """Tell the organisation."""
    _tell(proposal, "proposal.admitted", proposal.get_absolute_url(), at=at)


def excluded(proposal: Proposal, *, at: datetime) -> None:
    """Tell the organisation."""
    _tell(proposal, "proposal.excluded", proposal.get_absolute_url(), at=at)


def correction_requested(proposal: Proposal, *, at: datetime) -> None:
    """Tell the organisation, with the day; and its partners, for whom it answers."""
    address = reverse("startups:correct", kwargs={"public_id": proposal.public_id})
    params = {**_params(proposal), "due_at": proposal.correction_due_at}
    said: dict[str, Any] = {"address": address, "key": proposal.public_id, "at": at}
    notify(lead_of(proposal), "proposal.correction_requested", params=params, **said)
    params["lead"] = proposal.organisation.name
    notify(partners_of(proposal), "proposal.partner_correction_requested", params=params, **said)


def corrected(proposal: Proposal, *, at: datetime) -> None:
    """Tell the officers."""
    notify(
        roles.officers(),
        "proposal.corrected",
        params=_params(proposal),
        address=reverse("startups:admission", kwargs={"slug": proposal.challenge.slug}),
        key=proposal.public_id,
        at=at,
    )


def _tell(proposal: Proposal, kind: str, address: str, *, at: datetime) -> None:
    notify(members_of(proposal), kind, params=_params(proposal), address=address, key=proposal.public_id, at=at)


def _params(proposal: Proposal) -> dict[str, Any]:
    return {"title": proposal.challenge.title, "reference": proposal.challenge.reference}
