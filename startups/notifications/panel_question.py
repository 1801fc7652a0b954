"""Who is told of questions of the panel."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from govtech.notifications.actions import notify
from govtech.notifications.kinds import register
from startups.models import PanelQuestion, PanelRole, QuestionState
from startups.notifications.people import panel_of

register(
    "panel.question_asked",
    subject=_("A member of the panel has a question: {reference}"),
    text=_(
        "A member of the panel of «{title}» wants to know something of a participant. Send it on in your own words, or "
        "say why not."
    ),
    action=_("Read the question"),
)
register(
    "panel.question_sent",
    subject=_("Your question was sent: {reference}"),
    text=_("The secretary has asked the organisation. You will read the answer beside its proposal."),
    action=_("Go to the proposal"),
)
register(
    "panel.question_declined",
    subject=_("Your question wasn't sent: {reference}"),
    text=_("The secretary hasn't sent your question on, and says why beside the proposal."),
    action=_("Go to the proposal"),
)


def asked(question: PanelQuestion, *, at: datetime) -> None:
    """Tell the secretary; without one, whoever is named finds it on the page."""
    challenge = question.proposal.challenge
    notify(
        panel_of(challenge, [PanelRole.SECRETARY]),
        "panel.question_asked",
        params={"title": challenge.title, "reference": challenge.reference},
        address=reverse("startups:panel_questions", kwargs={"slug": challenge.slug}),
        key=question.public_id,
        at=at,
    )


def settled(question: PanelQuestion, *, at: datetime) -> None:
    """Tell the member what became of it."""
    challenge = question.proposal.challenge
    notify(
        [question.member.user],
        "panel.question_sent" if question.state == QuestionState.SENT else "panel.question_declined",
        params={"title": challenge.title, "reference": challenge.reference},
        address=reverse("startups:score", kwargs={"public_id": question.proposal.public_id}),
        key=question.public_id,
        at=at,
    )
