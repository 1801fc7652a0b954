"""The list of pilots: words and state. They narrow what may be seen, never widen it."""

from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilots.models import FinalDecision, PilotStatus
from pilots.models.pilot import PilotQuerySet

ENDED = [PilotStatus.COMPLETED, PilotStatus.TERMINATED]
STATES = {
    "running": (pgettext_lazy("pilots", "Running"), Q(status=PilotStatus.RUNNING)),
    "preparing": (pgettext_lazy("pilots", "In preparation"), Q(status=PilotStatus.PREPARING)),
    "suspended": (pgettext_lazy("pilots", "Suspended"), Q(status=PilotStatus.SUSPENDED)),
    "ended": (_("Ended, waiting for the decision"), Q(status__in=ENDED, final_decision="")),
    "scale": (_("The city adopts it"), Q(final_decision=FinalDecision.SCALE)),
    "iterate": (_("Needs another pilot"), Q(final_decision=FinalDecision.ITERATE)),
    "stop": (_("Doesn't go on"), Q(final_decision=FinalDecision.STOP)),
}


@dataclass
class PilotFilter:
    """What was asked for, and how many there are of each state. Unknown states are left out."""

    query: str = ""
    states: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, data: QueryDict) -> "PilotFilter":
        """Read the address."""
        query = data.get("q", "").replace("\0", "").strip()[:200]
        return cls(query=query, states=[state for state in data.getlist("state") if state in STATES])

    def searched(self, rows: PilotQuerySet) -> PilotQuerySet:
        """Keep what has all the words, accents forgiven."""
        for word in self.query.split()[:8]:
            names = ("title", "title_en", "summary", "reference", "organisation__name", "challenge__title")
            found = Q()
            for name in names:
                found |= Q(**{f"{name}__unaccent__icontains": word})
            rows = rows.filter(found)
        return rows

    def narrowed(self, rows: PilotQuerySet) -> PilotQuerySet:
        """Keep what has one of the states."""
        wanted = Q()
        for state in self.states:
            wanted |= STATES[state][1]
        return rows.filter(wanted)

    def options(self, rows: PilotQuerySet) -> list[dict[str, object]]:
        """Return the states with how many rows each has, in one query; those without any only if asked for."""
        counts = rows.aggregate(**{state: Count("pk", filter=only) for state, (_label, only) in STATES.items()})
        return [
            {"value": state, "label": label, "count": counts[state], "checked": state in self.states}
            for state, (label, _only) in STATES.items()
            if counts[state] or state in self.states
        ]
