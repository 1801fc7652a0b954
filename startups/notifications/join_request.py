"""What owners are told of who asks to join, and what who asked is told of the answer."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from govtech.notifications import kinds
from govtech.notifications.actions import notify
from startups.models import JoinRequest, OrganisationRole
from startups.notifications.organisation import people_of

kinds.register(
    "organisation.join_asked",
    subject=_("{person} asks to join {organisation}"),
    text=_(
        "{person} ({email}) asks to belong to your organisation. You decide whether, and as what. "
        "Nobody told them who you are, nor your address."
    ),
    action=_("Answer"),
)
kinds.register(
    "organisation.join_approved",
    subject=_("You belong to {organisation} now"),
    text=_("Its owners accepted your request. You can see its proposals."),
    action=_("See it"),
)
kinds.register(
    "organisation.join_refused",
    subject=_("Your request to join was not accepted"),
    text=_("You asked the owners of the organisation with tax number {tax_id} to let you in. They said no."),
    action=_("See my organisations"),
)


def asked(request: JoinRequest, *, at: datetime) -> None:
    """Tell the owners who asks."""
    organisation, by = request.organisation, request.asked_by
    notify(
        people_of(organisation, OrganisationRole.OWNER),
        "organisation.join_asked",
        params={"person": by.full_name, "email": by.email, "person_id": by.pk, "organisation": organisation.name},
        address=reverse("startups:members", kwargs={"public_id": organisation.public_id}),
        key=request.public_id,
        at=at,
    )


def approved(request: JoinRequest, *, at: datetime) -> None:
    """Tell who asked: from now on they may know its name."""
    organisation = request.organisation
    notify(
        [request.asked_by],
        "organisation.join_approved",
        params={"organisation": organisation.name},
        address=organisation.get_absolute_url(),
        key=request.public_id,
        at=at,
    )


def refused(request: JoinRequest, *, at: datetime) -> None:
    """Tell who asked, by the number they wrote and nothing else."""
    notify(
        [request.asked_by],
        "organisation.join_refused",
        params={"tax_id": request.tax_id},
        address=reverse("startups:my_organisations"),
        key=request.public_id,
        at=at,
    )
