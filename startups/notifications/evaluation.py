"""Who is told of scores, their lock and the ranking."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from govtech.accounts import roles
from govtech.accounts.models import User
from govtech.notifications.actions import notify
from govtech.notifications.kinds import register
from startups.models import Evaluation, PanelMember, PanelRole, Proposal
from startups.notifications.people import members_of, panel_of

register(
    "evaluation.all_in",
    subject=_("All sheets are in: {reference}"),
    text=_(
        "The panel of «{title}» has handed in every sheet. The secretary writes the final reasons; then chair and "
        "secretary lock the scores."
    ),
    action=_("Go to the lock"),
)
register(
    "evaluation.confirmed",
    subject=_("One confirmation is missing to lock the scores: {reference}"),
    text=_("The {role} has confirmed the scores and reasons of «{title}». With your confirmation they are locked."),
    action=_("Read and confirm"),
)
register(
    "evaluation.confirmation_withdrawn",
    subject=_("Your confirmation no longer holds: {reference}"),
    text=_("Something changed in the evaluation of «{title}» after you confirmed it. Read it again and confirm."),
    action=_("Read and confirm"),
)
register(
    "evaluation.released",
    subject=_("The points of your proposal: {title}"),
    text=_(
        "The panel has closed its scores for {reference}. You can read the points of your proposal on each criterion "
        "and the reasons. Prices were opened after that."
    ),
    action=_("Read the points"),
)
register(
    "evaluation.ranked",
    subject=_("There is a ranking: {reference}"),
    text=_("Chair and secretary have locked the scores of «{title}», the prices are open and the ranking is made."),
    action=_("See the ranking"),
    shown_to_office=True,
)

LOCKERS = [PanelRole.CHAIR, PanelRole.SECRETARY]


def all_in(challenge: Challenge, *, at: datetime) -> None:
    """Tell chair and secretary that nothing is left to score."""
    _tell(challenge, panel_of(challenge, LOCKERS), "evaluation.all_in", "startups:lock", key=f"{at:%Y%m%d%H%M}", at=at)


def confirmed(challenge: Challenge, evaluation: Evaluation, member: PanelMember, *, at: datetime) -> None:
    """Tell the other of the two."""
    other = PanelRole.SECRETARY if member.role == PanelRole.CHAIR else PanelRole.CHAIR
    _tell(
        challenge,
        panel_of(challenge, [other]),
        "evaluation.confirmed",
        "startups:lock",
        key=f"{evaluation.pk}:{at.isoformat()}",
        at=at,
        role=PanelRole(member.role).label,
    )


def confirmation_withdrawn(challenge: Challenge, people: Iterable[User], *, at: datetime) -> None:
    """Tell who had confirmed."""
    key = f"{challenge.public_id}:{at.isoformat()}"
    _tell(challenge, people, "evaluation.confirmation_withdrawn", "startups:lock", key=key, at=at)


def released(challenge: Challenge, proposal: Proposal, *, at: datetime) -> None:
    """Tell an organisation its own points."""
    notify(
        members_of(proposal),
        "evaluation.released",
        params={"title": challenge.title, "reference": challenge.reference},
        address=reverse("startups:result", kwargs={"public_id": proposal.public_id}),
        key=proposal.public_id,
        at=at,
    )


def ranked(challenge: Challenge, *, at: datetime) -> None:
    """Tell officers, directors and the panel."""
    people = {
        person.pk: person for person in [*roles.officers(), *roles.directors(), *panel_of(challenge, PanelRole.values)]
    }
    _tell(challenge, people.values(), "evaluation.ranked", "startups:ranking", key=challenge.public_id, at=at)


def _tell(
    challenge: Challenge, people: Iterable[User], kind: str, page: str, *, key: str, at: datetime, **more: Any
) -> None:
    notify(
        people,
        kind,
        params={"title": challenge.title, "reference": challenge.reference, **more},
        address=reverse(page, kwargs={"slug": challenge.slug}),
        key=key,
        at=at,
    )
