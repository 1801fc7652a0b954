"""Replays stories in simulated time: each step is a real action at the instant it would have happened.

A story is a generator that yields the instant of its next step and then does it. Steps of all stories are taken in the
order of their instants; a story ends when its next step lies in the future.
"""

import heapq
from collections.abc import Collection, Generator, Iterable
from datetime import date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from govtech import clock
from govtech.reference.calculations.calendar import is_working_day

Story = Generator[datetime, None, None]


class Days:
    """Working days and hours around today, in the city's zone."""

    def __init__(self, now: datetime, *, zone: ZoneInfo, holidays: Collection[date]) -> None:
        self.now, self.zone, self.holidays = now, zone, holidays
        self.today = now.astimezone(zone).date()

    def working(self, day: date, *, back: bool = False) -> date:
        """Return `day`, or the nearest working day after it (before it with `back`)."""
        while not is_working_day(day, self.holidays):
            day += timedelta(days=-1 if back else 1)
        return day

    def on(self, offset: int, hour: int = 10, minute: int = 0) -> datetime:
        """Return an instant `offset` days from today; the past falls on an earlier working day, the future on a later."""
        return self.at(self.working(self.today + timedelta(days=offset), back=offset < 0), hour, minute)

    def at(self, day: date, hour: int = 10, minute: int = 0) -> datetime:
        """Return that time of a day, in the city's zone."""
        return datetime.combine(day, time(hour, minute), tzinfo=self.zone)

    def after(self, start: datetime, days: int, hour: int = 10, minute: int = 0) -> datetime:
        """Return an instant on the working day at `days` calendar days after `start`, or the next one."""
        day = start.astimezone(self.zone).date() + timedelta(days=days)
        return self.at(self.working(day), hour, minute)


def together(*stories: Story) -> Story:
    """Tell several stories as one, their steps in the order of time."""
    order = count()
    waiting: list[tuple[datetime, int, Story]] = []
    for story in stories:
        instant = next(story, None)
        if instant is not None:
            heapq.heappush(waiting, (instant, next(order), story))
    while waiting:
        instant, _, story = heapq.heappop(waiting)
        yield instant
        following = next(story, None)
        if following is not None:
            heapq.heappush(waiting, (following, next(order), story))


def replay(stories: Iterable[Story], *, until: datetime) -> int:
    """Take the steps of all stories in the order of time, up to `until`. Return how many were taken."""
    order = count()
    waiting: list[tuple[datetime, int, Story]] = []

    def wait(story: Story) -> None:
        instant = next(story, None)
        if instant is not None and instant <= until:
            heapq.heappush(waiting, (instant, next(order), story))
        else:
            story.close()

    for story in stories:
        wait(story)
    steps = 0
    while waiting:
        instant, _, story = heapq.heappop(waiting)
        with clock.travel(instant):
            wait(story)
        steps += 1
    return steps
