"""The public check of a receipt: it reads all that was handed in, once for all who ask within some minutes."""

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache

from startups.actions import envelope as envelopes
from startups.actions.keys import KeyServiceError
from startups.models import Submission

KEPT_SECONDS = 600
LONGEST_SECONDS = 120  # after which a check that died no longer holds up the next


@dataclass(frozen=True)
class Outcome:
    """Whether what is stored is what was handed in, as read at that instant."""

    is_same: bool
    at: datetime


def check(submission: Submission, *, at: datetime) -> Outcome | None:
    """Return the outcome, at most some minutes old; none where it can't be said now.

    That is while the key service doesn't answer, or while somebody else's request reads the same submission.
    """
    key = f"receipt:{submission.pk}:{submission.manifest_hash}"
    known: Outcome | None = cache.get(key)
    if known is not None:
        return known
    if not cache.add(f"{key}:reading", 1, LONGEST_SECONDS):
        return None
    try:
        found = Outcome(not envelopes.verify(submission), at)
    except KeyServiceError:
        return None
    finally:
        cache.delete(f"{key}:reading")
    cache.set(key, found, KEPT_SECONDS)
    return found
