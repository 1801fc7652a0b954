"""Documents that go with a call, while it is written."""

from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from challenges.actions.challenge import back_to_draft, locked
from challenges.models import Challenge, ChallengeDocument
from challenges.policies import challenge as policies
from govtech.accounts.models import User
from govtech.errors import DomainError
from govtech.files.actions import discard, store

MOST = 20


@transaction.atomic
def add(
    challenge: Challenge, upload: UploadedFile, *, title: str, by: User, at: datetime, takes_back: bool = False
) -> ChallengeDocument:
    """Attach a file under the name people read. Raises DomainError beside "file" or "title".

    Under review only with `takes_back`, and the challenge goes back to draft.
    """
    challenge = locked(challenge)
    policies.check_can_edit(challenge, by=by, at=at, takes_back=takes_back)
    back_to_draft(challenge, by=by, at=at)
    if challenge.documents.count() >= MOST:
        raise DomainError(
            _("A challenge has %(most)s documents at most. Remove one first.") % {"most": MOST}, field="file"
        )
    stored = store(upload, by=by, at=at)
    return ChallengeDocument.objects.create(challenge=challenge, file=stored, title=title)


@transaction.atomic
def remove(document: ChallengeDocument, *, by: User, at: datetime, takes_back: bool = False) -> None:
    """Take a document out of a draft, and its file with it. Under review only with `takes_back`."""
    challenge = locked(document.challenge)
    policies.check_can_edit(challenge, by=by, at=at, takes_back=takes_back)
    back_to_draft(challenge, by=by, at=at)
    stored = document.file
    document.delete()
    discard(stored)
