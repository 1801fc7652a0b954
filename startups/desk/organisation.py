"""Desk, menus: organisations, invitations, verification."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenges.filters import ordering
from challenges.policies import wording
from govtech.accounts import roles
from govtech.shell.registry import Addresses, DeskItem, account, desk, desk_links, footer, sitemaps
from startups.actions.join_request import to_answer
from startups.actions.membership import invitations_for
from startups.filters.interest import ForYou
from startups.models import Organisation
from startups.notifications import join_request as join_request_notifications
from startups.notifications import organisation as notifications

NOTIFICATIONS = [notifications, join_request_notifications]  # importing them declares their kinds


def register() -> None:
    """Fill the registries of the shell."""
    footer.register("organisations", gettext_lazy("Organisations"), "startups:directory", 12)
    account.register("organisations", gettext_lazy("My organisations"), "startups:my_organisations", 12)
    desk_links.register(
        "organisations",
        gettext_lazy("My organisations"),
        "startups:my_organisations",
        5,
        allowed=takes_part,
    )
    desk_links.register(
        "verifications",
        gettext_lazy("Organisations to verify"),
        "startups:verifications",
        40,
        allowed=roles.is_officer,
    )
    ordering.register(ForYou())
    sitemaps.register("organisations", Addresses("startups:organisation", public_addresses, "public_id"))
    desk.register(invitations)
    desk.register(join_requests)
    wording.register_companies(Organisation.objects.all().named_in)


def public_addresses() -> QuerySet[Organisation, Any]:
    """Return the organisations that chose to be public, for the map of the site."""
    return Organisation.objects.listed().order_by("pk").values_list("public_id", "changed_at")


def takes_part(user: Any) -> bool:
    """Say whether the person may act for an organisation: not who acts for the city."""
    return not roles.is_participantless(user)


def invitations(user: Any, *, at: datetime) -> list[DeskItem]:
    """Return the invitations that wait for this person."""
    return [
        DeskItem(
            due_at=row.expires_at,
            title=_("%(name)s invites you") % {"name": row.organisation.name},
            detail=_("As %(role)s, by %(person)s.")
            % {"role": row.get_role_display(), "person": row.invited_by.full_name},
            url=reverse("startups:my_organisations"),
            action_label=_("Answer"),
        )
        for row in invitations_for(user, at=at)
    ]


def join_requests(user: Any, *, at: datetime) -> list[DeskItem]:
    """Return who asks to join an organisation that this person owns."""
    return [
        DeskItem(
            due_at=row.expires_at,
            title=_("%(name)s asks to join") % {"name": row.asked_by.full_name},
            detail=row.organisation.name,
            url=reverse("startups:members", kwargs={"public_id": row.organisation.public_id}),
            action_label=_("Answer"),
            of=str(row.organisation_id),
        )
        for row in to_answer(user, at=at)
    ]
