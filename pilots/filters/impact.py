"""What a year of the programme came to, computed from the record each time it is asked. Public data only."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Min, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import ExtractYear
from django.utils.translation import gettext as _

from challenges.models import Challenge
from govtech.clock import local_date
from govtech.programme.models import Certificate, SessionStatus, TrainingSession
from govtech.reference.models import in_language
from pilots.calculations.impact import ZERO, Impact, Part, Spent
from pilots.calculations.plan import mean_days
from pilots.calculations.result import is_reached
from pilots.filters.released import of_year, public_challenges
from pilots.filters.released import years as released_years
from pilots.models import (
    Award,
    AwardStatus,
    BudgetLine,
    FinalDecision,
    Indicator,
    IndicatorValue,
    Invoice,
    LedgerEntry,
    LedgerPhase,
    Pilot,
    PilotStatus,
    YearStatus,
)
from startups.calculations.anonymity import protected
from startups.models import OrganisationKind, Proposal

SMES = ("micro", "small", "medium")
Span = tuple[datetime, datetime]


def of(year: int) -> Impact:
    """Return the figures of a year. As many queries whatever the number of rows."""
    span = of_year(year)
    found = Impact(year)
    _calls(found, year)
    _competition(found, year)
    _awards(found, span)
    _pilots(found, span)
    _money(found, year)
    _training(found, span)
    return found


def years(now: datetime) -> list[int]:
    """Return the years there are figures of, the newest first: from the first published challenge until now."""
    published = released_years()
    this = local_date(now).year
    return list(range(this, min([this, *published]) - 1, -1))


def over_the_years() -> dict[str, list[tuple[str, Any]]]:
    """Return (year, figure) of challenges published and of euros paid, oldest first. Two queries."""
    zone = ZoneInfo(settings.TIME_ZONE)
    rows = public_challenges().annotate(year=ExtractYear("publish_at", tzinfo=zone))
    published = rows.values_list("year").annotate(n=Count("pk")).order_by("year")
    lines = BudgetLine.objects.exclude(budget_year__status=YearStatus.PROVISIONAL)
    paid = lines.values_list("budget_year__year").annotate(sum=Sum("p")).order_by("budget_year__year")
    return {"published": [(str(y), n) for y, n in published], "paid": [(str(y), amount) for y, amount in paid]}


def _calls(found: Impact, year: int) -> None:
    rows = public_challenges(year)
    areas = rows.values_list("policy_area__name", "policy_area__name_en").annotate(n=Count("pk"))
    found.by_area = [
        (in_language(name, english or "") if name else _("Without an area"), n)
        for name, english, n in areas.order_by("-n", "policy_area__name")
    ]
    found.challenges = sum(n for _name, n in found.by_area)
    opened = rows.exclude(proposal_count=None).aggregate(n=Count("pk"), proposals=Sum("proposal_count"))
    found.opened, found.proposals = opened["n"], opened["proposals"] or 0
    spans = rows.values_list("created_at", "publish_at")
    found.days_to_publication = _days(spans)


def _competition(found: Impact, year: int) -> None:
    """Count small companies and startups where the page of the challenge shows all who competed, by kind and by size.

    A challenge that hides some, so that nobody can be told apart, counts in neither: a sum would give them away.
    """
    rows = Proposal.objects.filter(challenge__in=public_challenges(year), opened_at__isnull=False)
    kinds: dict[int, Counter[str]] = defaultdict(Counter)
    sizes: dict[int, Counter[str]] = defaultdict(Counter)
    for challenge, kind, size in rows.values_list("challenge", "kind_opened", "size_opened"):
        kinds[challenge][kind] += 1
        sizes[challenge][size] += 1
    found.startups = _told(kinds, (OrganisationKind.STARTUP,))
    found.smes = _told(sizes, SMES)


def _told(counts: Mapping[int, Counter[str]], wanted: tuple[str, ...]) -> Part:
    whole = [each for each in counts.values() if not protected(each)[1]]
    return Part(of=sum(each.total() for each in whole), n=sum(each[key] for each in whole for key in wanted))


def _approved() -> QuerySet[Award]:
    return Award.objects.filter(status=AwardStatus.APPROVED, resolution__challenge__in=Challenge.objects.public())


def _awards(found: Impact, span: Span) -> None:
    made = _approved().filter(approved_at__gte=span[0], approved_at__lt=span[1])
    who = list(made.values_list("proposal__kind_opened", "proposal__size_opened"))
    found.awards = len(who)
    found.awarded_startups = Part(of=len(who), n=sum(kind == OrganisationKind.STARTUP for kind, _size in who))
    found.awarded_smes = Part(of=len(who), n=sum(size in SMES for _kind, size in who))
    found.days_to_award = _days(made.values_list("resolution__challenge__publish_at", "approved_at"))
    first = _approved().values("proposal__organisation").annotate(first=Min("approved_at"))
    suppliers = set(made.values_list("proposal__organisation", flat=True))
    new = [each for each in first if each["proposal__organisation"] in suppliers and each["first"] >= span[0]]
    found.new_suppliers = Part(of=len(suppliers), n=len(new))


def _pilots(found: Impact, span: Span) -> None:
    rows = Pilot.objects.filter(challenge__in=Challenge.objects.public())
    started = rows.filter(started_at__gte=span[0], started_at__lt=span[1])
    found.days_to_start = _days(started.values_list("award__approved_at", "started_at"))
    finished = [PilotStatus.COMPLETED, PilotStatus.TERMINATED]
    ended = rows.exclude(started_at=None).filter(status__in=finished, ended_at__gte=span[0], ended_at__lt=span[1])
    dates = list(ended.values_list("status", "ended_at", "ends_on"))
    on_time = [s for s, at, due in dates if s == PilotStatus.COMPLETED and due and local_date(at) <= due]
    found.on_time = Part(of=len(dates), n=len(on_time))
    decided = rows.filter(decided_at__gte=span[0], decided_at__lt=span[1]).exclude(final_decision="")
    found.scaled = Part(of=decided.count(), n=decided.filter(final_decision=FinalDecision.SCALE).count())
    last = IndicatorValue.objects.filter(indicator=OuterRef("pk")).order_by("-measured_on", "-pk").values("value")
    measured = Indicator.objects.filter(pilot__in=decided).annotate(last=Subquery(last[:1])).exclude(last=None)
    values = list(measured.values_list("direction", "target", "last"))
    found.indicators = Part(of=len(values), n=sum(is_reached(*each) for each in values))
    paid = Invoice.objects.filter(milestone__pilot__in=rows, paid_on__year=found.year)
    found.days_to_payment = mean_days(
        (local_date(accepted), day) for accepted, day in paid.values_list("milestone__accepted_at", "paid_on")
    )


def _money(found: Impact, year: int) -> None:
    lines = BudgetLine.objects.filter(budget_year__year=year).exclude(budget_year__status=YearStatus.PROVISIONAL)
    found.by_line = [Spent(in_language(line.name, line.name_en), line.d, line.p) for line in lines.order_by("code")]
    entries = LedgerEntry.objects.public().filter(line__in=lines, phase__in=[LedgerPhase.D, LedgerPhase.P])
    area = "expenditure__challenge__policy_area__name"
    sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    for name, english, phase, amount in (
        entries.values_list(area, f"{area}_en", "phase").annotate(sum=Sum("amount")).order_by()
    ):
        sums[in_language(name, english or "") if name else _("Not of one area")][phase] += amount
    rows = [Spent(name, each[LedgerPhase.D], each[LedgerPhase.P]) for name, each in sums.items()]
    found.money_by_area = sorted(rows, key=lambda row: (-row.committed, row.name))


def _training(found: Impact, span: Span) -> None:
    held = TrainingSession.objects.filter(status=SessionStatus.CLOSED, ends_at__gte=span[0], ends_at__lt=span[1])
    found.sessions = held.count()
    given = Certificate.objects.filter(registration__session__in=held, revoked_at=None)
    sums = given.aggregate(people=Count("registration__user", distinct=True), hours=Sum("hours"))
    found.trained, found.training_hours = sums["people"], sums["hours"] or ZERO


def _days(spans: Any) -> int | None:
    """Return the mean of the days between two instants, by the city's calendar."""
    pairs: list[tuple[date, date]] = [(local_date(a), local_date(b)) for a, b in spans if a and b]
    return mean_days(pairs)
