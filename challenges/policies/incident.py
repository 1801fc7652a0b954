"""Which deadlines an outage touched, whoever keeps them, and who records it.

Calls keep theirs here. Apps above add terms of one participant (to correct an admission, to accept an award) with
`register`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenges.calculations import outage
from challenges.models import Challenge, Incident, IncidentEffect, Status
from govtech.accounts import roles
from govtech.accounts.models import User
from govtech.errors import DomainError, TransitionError
from govtech.reference.models import Holiday

LABELS = {
    "closes_at": gettext_lazy("proposals until"),
    "questions_close_at": gettext_lazy("questions until"),
    "answers_due_at": gettext_lazy("answers until"),
}


@dataclass(frozen=True)
class Deadline:
    """A deadline that was running: of a call (`is_public`) or of one participant, told only to `people`."""

    challenge: Challenge
    term: str
    label: Any
    target_label: str
    target_id: int
    old: datetime
    is_public: bool
    people: QuerySet[User] | None = None

    @property
    def key(self) -> tuple[str, str, int]:
        """What names it."""
        return (self.term, self.target_label, self.target_id)


@dataclass(frozen=True)
class Move:
    """A deadline and where it moves."""

    deadline: Deadline
    new: datetime


@dataclass(frozen=True)
class Source:
    """Deadlines of another app: `running(began_at, ended_at)` finds them, `move(id, new, by=, at=)` moves one."""

    running: Callable[[datetime, datetime], Iterable[Deadline]]
    move: Callable[..., None]


_sources: dict[str, Source] = {}


def register(term: str, source: Source) -> None:
    """Add the deadlines called `term` of an app above. The same name again replaces them."""
    _sources[term] = source


def source_of(term: str) -> Source:
    """Return who keeps the deadlines called `term`."""
    return _sources[term]


def check_can_record(*, by: Any, at: datetime) -> None:
    """Officers record outages and extend what they touched."""
    if not roles.is_officer(by):
        raise PermissionDenied(_("Only the Digital Office records incidents."))


def check_can_apply(incident: Incident, *, by: Any, at: datetime) -> None:
    """Officers extend what an outage touched, once."""
    check_can_record(by=by, at=at)
    if incident.applied_at is not None:
        raise TransitionError(_("This incident has moved its deadlines already. They are on this page."))


def check_times(began_at: datetime, ended_at: datetime, *, at: datetime) -> None:
    """An outage has a beginning and an end, and is recorded once it is over."""
    if ended_at <= began_at:
        raise DomainError(_("It must end after it began."), field="ended_at")
    if ended_at > at:
        raise DomainError(_("Record it once it is over: until then nobody knows how long it took."), field="ended_at")


def _calls(began_at: datetime, ended_at: datetime) -> Iterable[Deadline]:
    """Deadlines of calls whose proposals aren't opened. The closing is the last: with it moved, they are open again."""
    rows = Challenge.objects.filter(status=Status.PUBLISHED, publish_at__lt=ended_at, closes_at__gt=began_at)
    for challenge in rows.select_related("department").order_by("closes_at", "pk"):
        for term, label in LABELS.items():
            deadline = getattr(challenge, term)
            if deadline is not None and outage.is_touched(
                deadline,
                began_at,
                ended_at,
                # Questions are taken and answered from the publication on, proposals from the opening.
                started_at=challenge.opens_at if term == "closes_at" else challenge.publish_at,  # type: ignore[arg-type]
            ):
                yield Deadline(challenge, term, label, "challenges.challenge", challenge.pk, deadline, is_public=True)


def moves(incident: Incident, *, at: datetime) -> list[Move]:
    """Return every deadline that the outage touched and where it moves, by the one rule of `calculations.outage`.

    Time that incidents applied before took from the same deadline isn't counted twice.
    """
    found = list(_calls(incident.began_at, incident.ended_at))
    for source in _sources.values():
        found += source.running(incident.began_at, incident.ended_at)
    counted: dict[tuple[str, str, int], list[tuple[datetime, datetime]]] = {}
    effects = IncidentEffect.objects.filter(
        incident__began_at__lt=incident.ended_at, incident__ended_at__gt=incident.began_at
    ).exclude(incident=incident)
    for effect in effects.select_related("incident"):
        span = (effect.incident.began_at, effect.incident.ended_at)
        counted.setdefault((effect.term, effect.target_label, effect.target_id), []).append(span)
    holidays, zone = Holiday.objects.dates(), ZoneInfo(settings.TIME_ZONE)
    result = []
    for deadline in found:
        lost = outage.lost_time(incident.began_at, incident.ended_at, counted.get(deadline.key, []))
        if lost > timedelta():
            result.append(Move(deadline, outage.moved(deadline.old, lost, at=at, holidays=holidays, zone=zone)))
    return _in_order(result)


def _in_order(found: list[Move]) -> list[Move]:
    """Keep questions and answers from going past the closing of their call, whether it moves with them or stays."""
    closings = {move.deadline.challenge.pk: move.new for move in found if move.deadline.term == "closes_at"}
    kept = []
    for move in found:
        deadline, new = move.deadline, move.new
        if deadline.is_public:
            new = min(new, closings.get(deadline.challenge.pk, deadline.challenge.closes_at))  # type: ignore[type-var]
        if new > deadline.old:
            kept.append(Move(deadline, new))
    return kept
