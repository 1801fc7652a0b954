"""What owners and members of an organisation are told; the mail of an invitation."""

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
from govtech.notifications import addresses, kinds
from govtech.notifications.actions import notify
from startups.models import Invitation, Membership, Organisation

kinds.register(
    "organisation.joined",
    subject=_("{person} joined {organisation}"),
    text=_("{person} accepted your invitation and belongs to the organisation now."),
    action=_("See who belongs to it"),
)


def people_of(organisation: Organisation, *roles: str) -> list[User]:
    """Return the members today, those with one of `roles` where there are any."""
    rows = Membership.objects.current().filter(organisation=organisation).select_related("user")
    return [row.user for row in (rows.filter(role__in=roles) if roles else rows)]


def joined(invitation: Invitation, *, by: User, at: datetime) -> None:
    """Tell whoever invited."""
    organisation = invitation.organisation
    notify(
        [invitation.invited_by],
        "organisation.joined",
        params={"person": by.full_name, "person_id": by.pk, "organisation": organisation.name},
        address=reverse("startups:members", kwargs={"public_id": organisation.public_id}),
        key=f"{invitation.pk}",
        at=at,
    )


def invited(invitation: Invitation, token: str) -> None:
    """Mail the link to the invited address, which may belong to nobody here yet. Its only copy is in that mail."""
    person = User.objects.filter(email__iexact=invitation.email).first()
    language = person.language if person else settings.LANGUAGE_CODE
    with translation.override(language):
        path = reverse("startups:invitation", kwargs={"token": token})
        context: dict[str, Any] = {
            "organisation": invitation.organisation.name,
            "person": invitation.invited_by.full_name,
            "role": invitation.get_role_display(),
            "until": invitation.expires_at,
            "url": addresses.absolute(path, language),
            "programme": settings.PROGRAMME_NAME,
            "portal": {
                "name": settings.PROGRAMME_NAME,
                "office": settings.OFFICE_NAME,
                "council": settings.CITY_COUNCIL_NAME,
                "colour": settings.BRAND_COLOUR,
            },
        }
        context["subject"] = " ".join((gettext("%(person)s invites you to %(organisation)s") % context).split())
        send_mail(
            context["subject"],
            render_to_string("startups/emails/invitation.txt", context),
            None,
            [invitation.email],
            html_message=render_to_string("startups/emails/invitation.html", context),
        )
