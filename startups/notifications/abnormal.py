"""Who is told of the hearing on an abnormally low offer."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from govtech.accounts import roles
from govtech.notifications.actions import notify
from govtech.notifications.kinds import register
from startups.models import AbnormalOffer
from startups.notifications.people import lead_of, members_of, partners_of

register(
    "offer.asked",
    subject=_("The Office asks you to justify your price: {title}"),
    text=_(
        "Your offer for {reference} is under the limit that the call states for abnormally low offers. You have until "
        "{due_at} to justify it; nothing is decided before that."
    ),
    action=_("Justify the price"),
)
register(
    "offer.partner_asked",
    subject=_("The Office asks to justify the price of the proposal in which you are a partner: {title}"),
    text=_(
        "The offer for {reference} is under the limit that the call states for abnormally low offers. {lead}, which "
        "leads the proposal, justifies it for the whole consortium, until {due_at}. Tell it what concerns your part."
    ),
    action=_("Read what is asked"),
)
register(
    "offer.justified",
    subject=_("The justification of an offer has arrived: {reference}"),
    text=_("An organisation has justified its price for «{title}». Decide whether it stays."),
    action=_("Read it and decide"),
)
register(
    "offer.accepted",
    subject=_("Your price has been accepted: {title}"),
    text=_("The Office accepts the justification of your price for {reference}: your proposal stays in the ranking."),
    action=_("Read the decision"),
)
register(
    "offer.left_out",
    subject=_("Your proposal has been left out for its price: {title}"),
    text=_("The Office doesn't accept the justification of your price for {reference}. The reason is on its page."),
    action=_("Read the reason"),
)


def asked(found: AbnormalOffer, *, at: datetime) -> None:
    """Tell the organisation, with its last day; and its partners, for whom it answers."""
    _tell(found, lead_of(found.proposal), "offer.asked", at=at, due_at=found.due_at)
    told = {"lead": found.proposal.organisation.name, "due_at": found.due_at}
    _tell(found, partners_of(found.proposal), "offer.partner_asked", at=at, **told)


def answered(found: AbnormalOffer, *, at: datetime) -> None:
    """Tell the officers."""
    _tell(found, roles.officers(), "offer.justified", at=at)


def decided(found: AbnormalOffer, *, at: datetime) -> None:
    """Tell the organisation."""
    kind = "offer.accepted" if found.is_accepted else "offer.left_out"
    _tell(found, members_of(found.proposal), kind, at=at)


def _tell(found: AbnormalOffer, people: Any, kind: str, *, at: datetime, **more: Any) -> None:
    challenge = found.proposal.challenge
    notify(
        people,
        kind,
        params={"title": challenge.title, "reference": challenge.reference, **more},
        address=found.get_absolute_url(),
        key=str(found.pk),
        at=at,
    )
