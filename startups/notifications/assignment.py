"""Who is told that sheets are missing, or that somebody else scores in their stead."""

from collections.abc import Iterable
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from govtech.notifications.actions import notify
from govtech.notifications.kinds import register
from govtech.notifications.models import Notice
from startups.models import PanelMember, Proposal


def due(challenge: Challenge, member: PanelMember, left: int, *, until: date, days: int, at: datetime) -> None:
    """Tell one person, once for this end of the evaluation and these days before it."""
    notify(
        [member.user],
        "panel.sheets_due",
        params=_params(challenge, member, left) | {"until": until},
        address=_address(challenge),
        key=f"{member.public_id}:{until.isoformat()}:{days}",
        at=at,
    )


def asked_again(challenge: Challenge, member: PanelMember, left: int, *, day: date, at: datetime) -> None:
    """Tell one person, once a day at most."""
    notify(
        [member.user],
        "panel.sheets_asked",
        params=_params(challenge, member, left),
        address=_address(challenge),
        key=f"{member.public_id}:{day.isoformat()}",
        at=at,
    )


def asked_on(day: date, members: Iterable[PanelMember]) -> set[int]:
    """Return the keys of the members who were told that day. One query."""
    keys = {f"panel.sheets_asked:{each.public_id}:{day.isoformat()}:{each.user_id}": each.pk for each in members}
    return {keys[key] for key in Notice.objects.filter(dedupe_key__in=keys).values_list("dedupe_key", flat=True)}


def taken(member: PanelMember, proposal: Proposal, *, at: datetime) -> None:
    """Tell the person that a proposal was given to the substitute."""
    notify(
        [member.user],
        "panel.reassigned",
        params={"title": member.challenge.title, "reference": member.challenge.reference},
        address=_address(member.challenge),
        key=f"{member.public_id}:{proposal.public_id}",
        at=at,
    )


def _params(challenge: Challenge, member: PanelMember, left: int) -> dict[str, object]:
    return {
        "title": challenge.title,
        "reference": challenge.reference,
        "count": left,
        "member": member.public_id,
    }


def _address(challenge: Challenge) -> str:
    return reverse("startups:scores", kwargs={"slug": challenge.slug})


register(
    "panel.sheets_due",
    subject=_("Proposals for you to score: {reference}"),
    text=_("You have {count} left to score for «{title}». The evaluation ends on {until}."),
    action=_("Go to your sheets"),
)
register(
    "panel.sheets_asked",
    subject=_("The panel waits for your sheets: {reference}"),
    text=_("You have {count} left to score for «{title}». What you have saved is kept; hand each sheet in."),
    action=_("Go to your sheets"),
)
register(
    "panel.reassigned",
    subject=_("A proposal was given to the substitute: {reference}"),
    text=_("One of the proposals for «{title}» was given to the substitute. You needn't score it."),
    action=_("Go to your sheets"),
)
