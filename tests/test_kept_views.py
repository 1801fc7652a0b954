"""Every view whose pages are kept for everybody says itself when its page will be another.

Nothing is kept in these tests: each page is made anew shortly before and shortly after an instant at which a challenge
changes by the clock alone. A page that differs must have said that it wouldn't hold until then.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from challenges.calculations.phase import CLOSING_SOON_HOURS
from challenges.models import Challenge
from govtech import clock
from tests.challenges import factories
from tests.test_access import STATED
from tests.visits import addresses
from tests.world import World, undone

BEFORE, AFTER = timedelta(seconds=20), timedelta(seconds=1)
NAMES = sorted(each.name for each in addresses() if hasattr(each.pattern.callback, "is_for_everybody"))
# Pages that show the phase of a challenge: they must differ, and so say when.
OF_CHALLENGES = {
    "challenges:detail", "challenges:embed", "challenges:fragment", "challenges:json", "challenges:list", "shell:home",
}  # fmt: skip


@pytest.fixture(scope="module")
def scheduled(world: World) -> Iterator[Challenge]:
    """A challenge that is approved and waits for its publication."""
    with undone():
        yield factories.published_challenge(
            title="Xilófonos para todos", publish_at=clock.now() + timedelta(hours=9), department=world.department
        )


def instants(challenge: Challenge) -> dict[str, datetime]:
    """Return when it is published, opens, begins to close soon and closes."""
    return {
        "publish": challenge.publish_at,
        "open": challenge.opens_at,
        "soon": challenge.closes_at - timedelta(hours=CLOSING_SOON_HOURS),
        "close": challenge.closes_at,
    }


def seen(address: str, at: datetime) -> tuple[bytes, float | None]:
    """Return a page as it is at an instant, and for how many seconds it says that it holds."""
    with clock.travel(at):
        answer = Client().get(address)
    assert answer.status_code == 200, address
    return answer.content, getattr(answer.wsgi_request, "holds_seconds", None)


def address_of(name: str, world: World, challenge: Challenge) -> str:
    kwargs: dict[str, Any] = STATED[name].kwargs(world)
    return reverse(name, kwargs={"slug": challenge.slug} if name == "challenges:detail" else kwargs)


def test_all_views_that_show_phases_are_looked_at() -> None:
    assert set(NAMES) >= OF_CHALLENGES
    assert len(NAMES) > len(OF_CHALLENGES)


@pytest.mark.parametrize("instant", ["publish", "open", "soon", "close"])
@pytest.mark.parametrize("name", NAMES)
def test_a_page_holds_no_longer_than_until_it_is_another(
    world: World, scheduled: Challenge, name: str, instant: str
) -> None:
    if (name, instant) == ("challenges:detail", "publish"):
        pytest.skip("it has no page before")
    address, at = address_of(name, world, scheduled), instants(scheduled)[instant]

    before, holds = seen(address, at - BEFORE)
    after, holds_after = seen(address, at + AFTER)

    if before != after:
        assert holds is not None
        assert 0 < holds <= BEFORE.total_seconds()
    if name in OF_CHALLENGES:
        assert holds is not None
        assert 0 < holds <= BEFORE.total_seconds()
        assert holds_after is not None
        assert holds_after > BEFORE.total_seconds()
        assert before != after
