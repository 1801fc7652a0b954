"""When what the public sees of challenges changes by itself: phases begin and end by the clock, no task flips them."""

from datetime import datetime, timedelta

from challenges.calculations.phase import CLOSING_SOON_HOURS
from challenges.models.challenge import Challenge
from govtech.statements import ask

_SOON = timedelta(hours=CLOSING_SOON_HOURS)
# Each part reads one entry of an index. Written out because the catalogue asks it each time.
MOMENT = f"""
WITH this AS MATERIALIZED (SELECT portal_now() AS moment)
SELECT moment, least(
  (SELECT publish_at FROM challenges_challenge
    WHERE status = 'published' AND publish_at > (SELECT moment FROM this) ORDER BY publish_at LIMIT 1),
  (SELECT opens_at FROM challenges_challenge
    WHERE status = 'published' AND opens_at > (SELECT moment FROM this) ORDER BY opens_at LIMIT 1),
  (SELECT closes_at FROM challenges_challenge
    WHERE status = 'published' AND closes_at > (SELECT moment FROM this) ORDER BY closes_at LIMIT 1),
  (SELECT closes_at - interval '{CLOSING_SOON_HOURS} hours' FROM challenges_challenge
    WHERE status = 'published' AND closes_at > (SELECT moment FROM this) + interval '{CLOSING_SOON_HOURS} hours'
    ORDER BY closes_at LIMIT 1)) AS change"""  # noqa: S608 - a number of ours
OF_MOMENT = " FROM this"


def moment() -> tuple[datetime, datetime | None]:
    """Return this instant, and the next one at which any challenge changes its phase; None where none will."""
    return ask(MOMENT + OF_MOMENT, {})[0]  # type: ignore[return-value]


def next_change() -> datetime | None:
    """Return the next instant at which any challenge changes its phase, None where none will."""
    return moment()[1]


def instants_of(challenge: Challenge) -> list[datetime]:
    """Return the instants at which the page of one challenge changes, past ones included."""
    closes = challenge.closes_at
    known = [challenge.publish_at, challenge.opens_at, challenge.questions_close_at, closes]
    return [instant for instant in [*known, closes - _SOON if closes else None] if instant is not None]
