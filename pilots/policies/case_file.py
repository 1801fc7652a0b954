"""When the file of a call can be put together, and by whom."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from challenges.models import Challenge, Status
from pilots.policies import award as awards
from startups.models import Evaluation

ENDED = {Status.VOID, Status.WAIVED, Status.DESISTED, Status.AWARDED, Status.PILOTING, Status.FINISHED}


def is_ready(challenge: Challenge) -> bool:
    """Say whether nothing in it is hidden from those who judge any more: the scores are locked, or the call ended."""
    locked = Evaluation.objects.filter(challenge=challenge, locked_at__isnull=False)
    return challenge.status in ENDED or locked.exists()


def check_can_take(challenge: Challenge, *, by: Any, at: datetime) -> None:
    """Let Office, directors and auditors without a conflict take the file, once the scores are locked."""
    awards.check_can_see(challenge, by=by, at=at)
    if not is_ready(challenge):
        raise PermissionDenied(_("The case file is put together once the scores are locked."))
