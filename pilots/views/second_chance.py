"""After a no: the calls that fit what was offered, open now or announced."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from challenges.models import Challenge, PlannedChallenge
from govtech.policies import allows
from pilots.models import Letter
from pilots.policies import again as policies

MOST_CALLS, MOST_PLANNED = 3, 2


@dataclass(frozen=True)
class Chances:
    """Calls that take proposals, those of the same area first; announced ones of the same area; may one begin."""

    calls: list[Challenge]
    planned: list[PlannedChallenge]
    can_begin: bool


def chances(letter: Letter, user: Any, *, at: datetime) -> Chances:
    """Return what a participant can try next."""
    own = letter.proposal.challenge
    rows = Challenge.objects.public().accepting().exclude(pk=own.pk).select_related("department", "policy_area")
    near = list(rows.filter(policy_area=own.policy_area_id).order_by("closes_at", "pk")[:MOST_CALLS])
    if len(near) < MOST_CALLS:
        others = rows.exclude(policy_area=own.policy_area_id)
        if letter.proposal.challenge.minimum_trl:
            others = others.exclude(minimum_trl__gt=own.minimum_trl)
        near += others.order_by("closes_at", "pk")[: MOST_CALLS - len(near)]
    planned = PlannedChallenge.objects.expected().filter(policy_areas=own.policy_area_id)
    planned = list(planned.order_by("expected_from", "pk")[:MOST_PLANNED])
    return Chances(near, planned, allows(policies.check_can_begin, letter, by=user, at=at))
