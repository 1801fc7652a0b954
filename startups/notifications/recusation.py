"""Who is told that a member of a panel was challenged, and how it ended."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from govtech.accounts import roles
from govtech.accounts.models import User
from govtech.notifications.actions import notify
from govtech.notifications.kinds import register
from startups.models import Membership, Recusation

register(
    "panel.challenged",
    subject=_("You have been challenged as a member of the panel: {reference}"),
    text=_("A participant says that you have a reason to abstain in «{title}». Answer until {answer_due_at}."),
    action=_("Read and answer"),
)
register(
    "panel.challenge_to_decide",
    subject=_("A member of the panel is challenged: {reference}"),
    text=_("A participant has challenged a member of the panel of «{title}». The director decides until {due_at}."),
    action=_("Read it"),
)
register(
    "panel.challenge_answered",
    subject=_("The challenged member has answered: {reference}"),
    text=_("You can decide on the member of the panel of «{title}» that was challenged, until {due_at}."),
    action=_("Decide"),
)
register(
    "panel.challenge_upheld",
    subject=_("A challenge of a member was upheld: {reference}"),
    text=_(
        "The director has decided that the member of the panel of «{title}» leaves it. The reasons are on the page."
    ),
    action=_("Read the decision"),
)
register(
    "panel.challenge_turned_down",
    subject=_("A challenge of a member was turned down: {reference}"),
    text=_(
        "The member of the panel of «{title}» stays, by decision of the director. The reasons are on the page. There "
        "is no appeal of its own: it can be said in the appeal against the award."
    ),
    action=_("Read the decision"),
)


def asked(row: Recusation, *, at: datetime) -> None:
    """Tell the person, who answers first, and the directors and officers."""
    _tell([row.member.user], "panel.challenged", row, at=at)
    _tell([*roles.directors(), *_officers(row)], "panel.challenge_to_decide", row, at=at)


def answered(row: Recusation, *, at: datetime) -> None:
    """Tell the directors."""
    _tell(roles.directors(), "panel.challenge_answered", row, at=at)


def decided(row: Recusation, *, at: datetime) -> None:
    """Tell the organisation, the person and the officers."""
    members = Membership.objects.current().filter(organisation=row.organisation_id).select_related("user")
    kind = "panel.challenge_upheld" if row.is_upheld else "panel.challenge_turned_down"
    _tell([*(each.user for each in members), row.member.user, *_officers(row)], kind, row, at=at)


def _officers(row: Recusation) -> list[User]:
    return [person for person in roles.officers() if person.pk != row.member.user_id]


def _tell(people: Iterable[User], kind: str, row: Recusation, *, at: datetime) -> None:
    challenge = row.member.challenge
    notify(
        people,
        kind,
        params={
            "title": challenge.title,
            "reference": challenge.reference,
            "answer_due_at": row.answer_due_at,
            "due_at": row.due_at,
        },
        address=reverse("startups:recusation", kwargs={"public_id": row.public_id}),
        key=row.public_id,
        at=at,
    )
