"""Calls for proposals in each phase, published by the real actions."""

from datetime import timedelta
from typing import Any

from challenges.models import Challenge
from govtech import clock
from startups.models import Proposal
from tests.pilots.money import published
from tests.snapshots import kept
from tests.startups.factories import draft_proposal, organisation


@kept
def open_call(**fields: Any) -> Challenge:
    """Return a challenge that takes proposals now: published ten days ago."""
    with clock.travel(clock.now() - timedelta(days=10)):
        return published(**fields)


@kept
def announced_call(**fields: Any) -> Challenge:
    """Return a challenge that is public and opens in some days."""
    return published(**fields)


@kept
def own_draft() -> Proposal:
    """Return a complete draft of a new organisation for a call that is open."""
    return draft_proposal(open_call(), organisation())


def after(challenge: Challenge, **kw: float) -> Any:
    """Travel to some time after the deadline: `with after(challenge, hours=1):`. Less than nothing is before it."""
    return clock.travel(challenge.closes_at + timedelta(**kw))
