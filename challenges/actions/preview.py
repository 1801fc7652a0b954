"""Links to the preview of a draft: made, revoked, and found by their token."""

import hashlib
from datetime import datetime, timedelta
from secrets import token_urlsafe

from django.db import transaction

from challenges.actions.challenge import locked
from challenges.models import Challenge, PreviewLink
from challenges.policies import preview as policies
from govtech.accounts.models import User
from govtech.audit import actions as audit


def digest(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def make(challenge: Challenge, *, days: int, label: str, by: User, at: datetime) -> tuple[PreviewLink, str]:
    """Make a link that opens for some days. The token is returned once and can't be read again: 256 random bits."""
    challenge = locked(challenge)
    policies.check_can_share(challenge, by=by, at=at)
    token = token_urlsafe(32)
    link = PreviewLink.objects.create(
        challenge=challenge,
        token_sha256=digest(token),
        label=label.strip(),
        made_at=at,
        made_by=by,
        expires_at=at + timedelta(days=days),
    )
    audit.record("challenge.preview_shared", target=challenge, by=by, at=at)
    return link, token


@transaction.atomic
def revoke(link: PreviewLink, *, by: User, at: datetime) -> PreviewLink:
    """Close a link now. Again does nothing."""
    challenge = locked(link.challenge)
    policies.check_can_revoke(challenge, by=by, at=at)
    link = PreviewLink.objects.select_for_update(no_key=True).get(pk=link.pk)
    if link.revoked_at is None:
        link.revoked_at, link.revoked_by = at, by
        link.save(update_fields=["revoked_at", "revoked_by"])
        audit.record("challenge.preview_revoked", target=challenge, by=by, at=at)
    return link
