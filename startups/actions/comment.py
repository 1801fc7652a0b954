"""Comments among the members who write a proposal: sealed as the proposal is, and no part of it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from govtech.accounts.models import User
from govtech.errors import DomainError
from govtech.ids import public_id
from govtech.shell.words import number
from startups.actions.draft import lock
from startups.actions.keys import codec_for, codec_of
from startups.models import Envelope, Proposal, ProposalComment
from startups.notifications import comment as notifications
from startups.policies import comment as policies

MAX_CHARACTERS = 2_000
MOST = 300


@transaction.atomic
def add(proposal: Proposal, *, part: str, text: str, by: User, at: datetime) -> ProposalComment:
    """Say something to the other members, on a part of the form or (empty `part`) on all of it. They are told of it.

    Writes no audit event, as a draft's saves don't. Raises DomainError(field="text") in words.
    """
    proposal = lock(proposal)
    policies.check_can_comment(proposal, by=by, at=at)
    text = text.strip()
    if not text:
        raise DomainError(_("Write the comment."), field="text")
    if len(text) > MAX_CHARACTERS:
        raise DomainError(
            _("This comment has %(length)s characters and %(most)s is the most. Shorten it.")
            % {"length": number(len(text)), "most": number(MAX_CHARACTERS)},
            field="text",
        )
    if proposal.comments.count() >= MOST:
        raise DomainError(
            _("There are %(most)s comments already, the most a proposal can have.") % {"most": MOST}, field="text"
        )
    name = public_id()
    comment = ProposalComment.objects.create(
        public_id=name,
        proposal=proposal,
        part=part,
        body=codec_for(proposal, at=at).seal(Envelope.TECHNICAL, name_of(name), text.encode()),
        made_at=at,
        made_by=by,
    )
    notifications.commented(comment, at=at)
    return comment


@transaction.atomic
def settle(comment: ProposalComment, *, by: User, at: datetime) -> ProposalComment:
    """Mark a comment as dealt with. Twice is once."""
    proposal = lock(comment.proposal)
    policies.check_can_comment(proposal, by=by, at=at)
    comment = ProposalComment.objects.select_for_update(no_key=True).get(pk=comment.pk)
    if comment.settled_at is None:
        comment.settled_at, comment.settled_by = at, by
        comment.save(update_fields=["settled_at", "settled_by"])
    return comment


def texts_of(proposal: Proposal, comments: list[ProposalComment]) -> list[str]:
    """Return what the comments of a proposal say: for its own members only, as the caller has checked."""
    codec = codec_of(proposal)
    return [codec.unseal(Envelope.TECHNICAL, name_of(each.public_id), each.body).decode() for each in comments]


def name_of(comment: str) -> str:
    """Return the name that binds a sealed comment to its row, from its public id."""
    return f"comment/{comment}"
