"""Who is told of the copies without names."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from govtech.notifications.actions import notify
from govtech.notifications.kinds import register
from startups.models.panel import SCORING
from startups.notifications.people import panel_of

register(
    "panel.copies_out",
    subject=_("The proposals can be read: {reference}"),
    text=_("The secretary has hidden who proposes for «{title}». You can read and score every proposal now."),
    action=_("Go to your sheets"),
)


def all_out(challenge: Challenge, *, at: datetime) -> None:
    """Tell those who score."""
    notify(
        panel_of(challenge, SCORING),
        "panel.copies_out",
        params={"title": challenge.title, "reference": challenge.reference},
        address=reverse("startups:scores", kwargs={"slug": challenge.slug}),
        key=f"{challenge.public_id}:{at:%Y%m%d%H%M}",
        at=at,
    )
