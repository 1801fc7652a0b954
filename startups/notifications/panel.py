"""Who is told of a panel's members, and of what they declare."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from govtech.accounts import roles
from govtech.notifications.actions import notify
from govtech.notifications.kinds import register
from startups.models import PanelMember, PanelRole, Proposal

register(
    "panel.named",
    subject=_("You are on the panel of {reference}"),
    text=_(
        "You have been named {role} of the panel that will judge the proposals for «{title}». Before anything else, "
        "declare whether you have a conflict of interest."
    ),
    action=_("Declare"),
    shown_to_office=True,
)
register(
    "panel.removed",
    subject=_("You are no longer on the panel of {reference}"),
    text=_("The Digital Office has changed the panel of «{title}». You have nothing more to do."),
    shown_to_office=True,
)
register(
    "panel.conflict_declared",
    subject=_("A member of the panel has a conflict: {reference}"),
    text=_(
        "A {role} of the panel of «{title}» has declared a conflict of interest and has left it. Name somebody else."
    ),
    action=_("Go to the panel"),
)
register(
    "panel.recused",
    subject=_("A member of the panel leaves one proposal: {reference}"),
    text=_("A {role} of the panel of «{title}» has declared a conflict on one organisation and will not score it."),
    action=_("Go to the panel"),
)
register(
    "panel.called",
    subject=_("You are called to score a proposal: {reference}"),
    text=_("After a recusal one proposal for «{title}» needs you, as substitute, to score it."),
    action=_("Score"),
)
register(
    "panel.declined",
    subject=_("Somebody can't be on the panel: {reference}"),
    text=_("A {role} of the panel of «{title}» can't take part. Name somebody else."),
    action=_("Go to the panel"),
)
register(
    "panel.to_declare",
    subject=_("Declare on who takes part: {reference}"),
    text=_(
        "The proposals for «{title}» are admitted. Declare on each organisation that takes part; after that you read "
        "and score."
    ),
    action=_("Declare"),
)


def declined(challenge: Challenge, member: PanelMember, *, at: datetime) -> None:
    """Tell the officers that somebody left; the reason stays on the page."""
    _officers("panel.declined", challenge, member, member.public_id, at=at)


def to_declare(challenge: Challenge, *, at: datetime) -> None:
    """Tell the panel, when the last proposal is decided on, that there is a list to declare on."""
    on_panel = Proposal.objects.on_panel().filter(challenge=challenge).count()
    said = Count("declarations", filter=Q(declarations__proposal__in=Proposal.objects.on_panel()))
    rows = PanelMember.objects.current().filter(challenge=challenge).exclude(has_conflict=True)
    waiting = [row.user for row in rows.annotate(said=said).select_related("user") if row.said < on_panel]
    notify(
        waiting,
        "panel.to_declare",
        params={"title": challenge.title, "reference": challenge.reference},
        address=reverse("startups:declare", kwargs={"slug": challenge.slug}),
        key=f"{challenge.public_id}:{on_panel}",
        at=at,
    )


def named(member: PanelMember, *, at: datetime) -> None:
    """Tell the person."""
    notify(
        [member.user],
        "panel.named",
        params=_params(member.challenge, member),
        address=reverse("startups:declare", kwargs={"slug": member.challenge.slug}),
        key=member.public_id,
        at=at,
    )


def removed(member: PanelMember, *, at: datetime) -> None:
    """Tell the person."""
    params = _params(member.challenge, member)
    notify([member.user], "panel.removed", params=params, address="", key=member.public_id, at=at)


def conflict(challenge: Challenge, member: PanelMember, *, at: datetime) -> None:
    """Tell the officers that somebody left; the reason stays on the page."""
    _officers("panel.conflict_declared", challenge, member, member.public_id, at=at)


def recused(challenge: Challenge, member: PanelMember, proposal: Proposal, *, at: datetime) -> None:
    """Tell the officers that somebody won't score one proposal."""
    _officers("panel.recused", challenge, member, f"{member.public_id}:{proposal.public_id}", at=at)


def called(member: PanelMember, proposal: Proposal, *, at: datetime, page: str = "scores") -> None:
    """Tell the substitute that a proposal, or its presentation (`page` "pitch"), needs them."""
    notify(
        [member.user],
        "panel.called",
        params=_params(member.challenge, member),
        address=reverse(f"startups:{page}", kwargs={"slug": member.challenge.slug}),
        key=f"{member.public_id}:{proposal.public_id}" + ("" if page == "scores" else f":{page}"),
        at=at,
    )


def _officers(kind: str, challenge: Challenge, member: PanelMember, key: str, *, at: datetime) -> None:
    others = [person for person in roles.officers() if person.pk != member.user_id]
    address = reverse("startups:panel", kwargs={"slug": challenge.slug})
    notify(others, kind, params=_params(challenge, member), address=address, key=key, at=at)


def _params(challenge: Challenge, member: PanelMember) -> dict[str, Any]:
    return {
        "title": challenge.title,
        "reference": challenge.reference,
        "role": PanelRole(member.role).label,  # lazy: said in the reader's language
    }
