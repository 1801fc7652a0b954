"""When what the public sees of challenges changes by itself: phases begin and end by the clock, no task flips them."""

from datetime import datetime, timedelta

from challenges.calculations.phase import CLOSING_SOON_HOURS
from challenges.models.challenge import Challenge
from govtech.statements import ask

_SOON = timedelta(hours=CLOSING_SOON_HOURS)
# Each part reads one entry of an index. Written out because the catalogue asks it each time.
_MOMENT = """
WITH this AS MATERIALIZED (SELECT portal_now() AS moment)
SELECT moment, least(
  (SELECT publish_at FROM challenges_challenge
    WHERE status = 'published' AND publish_at > (SELECT moment FROM this) ORDER BY publish_at LIMIT 1),
  (SELECT opens_at FROM challenges_challenge
    WHERE status = 'published' AND opens_at > (SELECT moment FROM this) ORDER BY opens_at LIMIT 1),
  (SELECT closes_at FROM challenges_challenge
    WHERE status = 'published' AND closes_at > (SELECT moment FROM this) ORDER BY closes_at LIMIT 1),
  (SELECT closes_at - %(soon)s::interval FROM challenges_challenge
    WHERE status = 'published' AND closes_at > (SELECT moment FROM this) + %(soon)s::interval
    ORDER BY closes_at LIMIT 1))
FROM this
"""


def moment() -> tuple[datetime, datetime | None]:
    """Return this instant, and the next one at which any challenge changes its phase; None where none will."""
    return ask(_MOMENT, {"soon": f"{CLOSING_SOON_HOURS} hours"})[0]  # type: ignore[return-value]


def next_change() -> datetime | None:
    """Return the next instant at which any challenge changes its phase, None where none will."""
    return moment()[1]


def instants_of(challenge: Challenge) -> list[datetime]:
    """Return the instants at which the page of one challenge changes, past ones included."""
    closes = challenge.closes_at
    known = [challenge.publish_at, challenge.opens_at, challenge.questions_close_at, closes]
    return [instant for instant in [*known, closes - _SOON if closes else None] if instant is not None]
