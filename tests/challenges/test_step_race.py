"""Two people save the same step at the same instant, on two connections: one wins, the other learns of it."""

import threading
from typing import Any

import pytest
from django.db import connection

from challenges.actions import challenge as actions
from challenges.models import ChallengeStep
from govtech import clock
from tests import people
from tests.challenges import factories


@pytest.mark.django_db(transaction=True)
def test_of_eight_saves_of_the_same_version_one_is_written() -> None:
    challenge = factories.draft_challenge()
    writers = [people.delegate() for _ in range(8)]
    barrier = threading.Barrier(len(writers))
    outcomes: list[Any] = []

    def save(number: int) -> None:
        try:
            barrier.wait(30)
            actions.save_step(
                challenge, "outcome", version=0, data={"outcome": f"Texto {number}"}, by=writers[number], at=clock.now()
            )
            outcomes.append(number)
        except actions.StaleError:
            outcomes.append("stale")
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=(number,)) for number in range(len(writers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    winners = [outcome for outcome in outcomes if outcome != "stale"]
    assert len(winners) == 1
    assert outcomes.count("stale") == 7
    challenge.refresh_from_db()
    row = ChallengeStep.objects.get(challenge=challenge, key="outcome")
    assert (challenge.outcome, row.version, row.saved_by) == (f"Texto {winners[0]}", 1, writers[winners[0]])
