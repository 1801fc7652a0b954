"""The mail that invites an outside expert, and who hears of the answer."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govtech.accounts.models import User
from govtech.notifications import addresses
from govtech.notifications.actions import notify
from govtech.notifications.kinds import register
from startups.models import ExpertInvitation

register(
    "panel.expert_accepted",
    subject=_("An expert accepts: {reference}"),
    text=_("{person} is on the panel of «{title}» now, and has still to declare."),
    action=_("Go to the panel"),
)
register(
    "panel.expert_declined",
    subject=_("An expert can't be on the panel: {reference}"),
    text=_("{person} can't be on the panel of «{title}». Name or invite somebody else."),
    action=_("Go to the panel"),
)


def answered(invitation: ExpertInvitation, *, at: datetime) -> None:
    """Tell whoever invited."""
    challenge = invitation.challenge
    notify(
        [invitation.invited_by],
        "panel.expert_accepted" if invitation.has_accepted else "panel.expert_declined",
        params={"person": invitation.full_name, "title": challenge.title, "reference": challenge.reference},
        address=reverse("startups:panel", kwargs={"slug": challenge.slug}),
        key=invitation.public_id,
        at=at,
    )


def invited(invitation: ExpertInvitation, token: str) -> None:
    """Mail the link to the invited address, which may belong to nobody here yet. Its only copy is in that mail."""
    person = User.objects.filter(email__iexact=invitation.email).first()
    language = person.language if person else settings.LANGUAGE_CODE
    with translation.override(language):
        path = reverse("startups:expert_invitation", kwargs={"token": token})
        context: dict[str, Any] = {
            "invitation": invitation,
            "challenge": invitation.challenge,
            "role": invitation.get_role_display(),
            "url": addresses.absolute(path, language),
            "portal": {
                "name": settings.PROGRAMME_NAME,
                "office": settings.OFFICE_NAME,
                "council": settings.CITY_COUNCIL_NAME,
                "colour": settings.BRAND_COLOUR,
            },
        }
        subject = gettext("An invitation to judge: %(title)s") % {"title": invitation.challenge.title}
        context["subject"] = " ".join(subject.split())
        send_mail(
            context["subject"],
            render_to_string("startups/emails/expert.txt", context),
            None,
            [invitation.email],
            html_message=render_to_string("startups/emails/expert.html", context),
        )
