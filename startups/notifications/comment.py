"""What the other members are told of a comment: that there is one, never what it says."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from govtech.notifications import kinds
from govtech.notifications.actions import notify
from startups.models import ProposalComment
from startups.notifications.proposal import members_of

kinds.register(
    "proposal.commented",
    subject=_("{who} has commented on your proposal for «{challenge}»"),
    text=_("Only members of your organisation read the comments of a proposal. They are no part of what is handed in."),
    action=_("Read the comments"),
)


def commented(comment: ProposalComment, *, at: datetime) -> None:
    """Tell the other members. Who writes several comments within an hour is told of once."""
    proposal = comment.proposal
    notify(
        [person for person in members_of(proposal) if person.pk != comment.made_by_id],
        "proposal.commented",
        params={
            "who": comment.made_by.short_name,
            "person_id": comment.made_by_id,
            "challenge": proposal.challenge.title,
        },
        address=reverse("startups:comments", kwargs={"public_id": proposal.public_id}),
        key=f"{proposal.public_id}:{comment.made_by_id}:{at:%Y%m%d%H}",
        at=at,
    )
