"""Who is told of a clarification."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from govtech.accounts import roles
from govtech.notifications.actions import notify
from govtech.notifications.kinds import register
from startups.models import ClarificationAnswer
from startups.notifications.people import lead_of, partners_of

register(
    "clarification.asked",
    subject=_("The Office asks about your proposal: {title}"),
    text=_("The Digital Office asks you to explain something of your proposal for {reference}, until {due_at}."),
    action=_("Answer"),
)
register(
    "clarification.partner_asked",
    subject=_("The Office asks about the proposal in which you are a partner: {title}"),
    text=_(
        "The Digital Office asks to explain something of the proposal for {reference}. {lead}, which leads it, answers "
        "for the whole consortium, until {due_at}. Tell it what concerns your part."
    ),
    action=_("Read what is asked"),
)
register(
    "clarification.answered",
    subject=_("A clarification has arrived: {title}"),
    text=_("An organisation has explained what it was asked about its proposal for {reference}."),
    action=_("Read it"),
)


def asked(answer: ClarificationAnswer, *, at: datetime) -> None:
    """Tell the organisation, with the day; and its partners, for whom it answers."""
    params = {**_params(answer), "due_at": answer.ends_at}
    said: dict[str, Any] = {"address": answer.get_absolute_url(), "key": str(answer.pk), "at": at}
    notify(lead_of(answer.proposal), "clarification.asked", params=params, **said)
    params["lead"] = answer.proposal.organisation.name
    notify(partners_of(answer.proposal), "clarification.partner_asked", params=params, **said)


def answered(answer: ClarificationAnswer, *, at: datetime) -> None:
    """Tell the officers."""
    notify(
        roles.officers(),
        "clarification.answered",
        params=_params(answer),
        address=reverse("startups:admission", kwargs={"slug": answer.proposal.challenge.slug}),
        key=str(answer.pk),
        at=at,
    )


def _params(answer: ClarificationAnswer) -> dict[str, Any]:
    return {"title": answer.proposal.challenge.title, "reference": answer.proposal.challenge.reference}
