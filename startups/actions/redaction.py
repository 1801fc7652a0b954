"""The secretary hides what gives a proposal away, and lets the panel read the rest."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from challenges.models import Challenge
from govtech.accounts.models import User
from govtech.audit import actions as audit
from startups.actions import reading
from startups.models import Proposal, Redaction
from startups.notifications import redaction as notifications
from startups.policies import redaction as policies


@transaction.atomic
def hide(
    proposal: Proposal,
    *,
    passages: Sequence[str],
    hidden: Sequence[str],
    files: Sequence[str],
    release: bool,
    by: User,
    at: datetime,
) -> Redaction:
    """Write what the panel doesn't read (passages, whole sections) and which files it gets; with `release` it may read.

    What comes afterwards, such as the answer to a clarification, it reads with the next `release`.
    Raises PermissionDenied, TransitionError, DomainError (fields `passages`, `files`).
    """
    challenge = Challenge.objects.select_for_update(no_key=True).get(pk=proposal.challenge_id)
    proposal = Proposal.objects.get(pk=proposal.pk)
    proposal.challenge = challenge
    policies.check_can_redact(proposal, by=by, at=at)
    passages = list(dict.fromkeys(" ".join(text.split()) for text in passages if text.strip()))
    texts = reading.texts_of([proposal])[proposal.pk]
    policies.check_passages(passages, [text for _label, text in texts.values()])
    found = Redaction.objects.select_for_update(no_key=True).filter(proposal=proposal).first()
    policies.check_hides_more(found, passages=passages, hidden=hidden, files=files)
    row = found or Redaction(proposal=proposal)
    row.passages, row.hidden, row.files = passages, sorted(set(hidden) & texts.keys()), sorted(set(files))
    row.made_at, row.made_by = at, by
    was_out = row.released_at is not None
    if release:
        row.shown = sorted({*row.shown, *texts})
    if release and not was_out:
        row.released_at, row.released_by = at, by
    row.save()
    audit.record("proposal.redacted", target=row, by=by, at=at, new="released" if row.released_at else "prepared")
    if release and not was_out:
        _tell_when_all_are_out(challenge, at=at)
    return row


def _tell_when_all_are_out(challenge: Challenge, *, at: datetime) -> None:
    """Tell the panel once, when it can read every proposal: a notice for each would tell them apart."""
    if not policies.unreleased(Proposal.objects.on_panel().filter(challenge=challenge)):
        notifications.all_out(challenge, at=at)
