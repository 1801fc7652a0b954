"""Public challenges with all that hangs on them, for open data: what everybody sees, whoever asks. A few at a time.

Each row of `challenges()` carries what `pilots.calculations.ocds` reads. Nothing here widens what the pages show: every
queryset begins with what an anonymous visitor sees.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils import timezone, translation

from challenges.models import Challenge, Correction, CorrectionKind, Question, Route, Status
from challenges.policies.calendar import ALL_TERMS
from pilots.calculations.ocds_call import Site
from pilots.models import Award, AwardStatus, LedgerEntry, LedgerPhase, Milestone, Resolution
from startups.models import Opening, Organisation, Participation, ParticipationRole

ANYBODY = AnonymousUser()
CHUNK = 100  # challenges in memory at once


def whole(path: str) -> str:
    """Return the whole address of a path."""
    return urljoin(settings.SITE_URL, path)


def site() -> Site:
    """Return what stands in every release."""
    office = f"ES-DIR3-{settings.OFFICE_DIR3}" if settings.OFFICE_DIR3 else "office"
    zone = ZoneInfo(settings.TIME_ZONE)
    return Site(settings.OCID_PREFIX, settings.CITY_COUNCIL_NAME, settings.OFFICE_NAME, office, zone)


def of_year(year: int) -> tuple[datetime, datetime]:
    """Return the first instant of a year in the city, and the first of the next."""
    first, following = (timezone.make_aware(datetime(each, 1, 1)) for each in (year, year + 1))  # noqa: DTZ001
    return first, following


def public_challenges(year: int | None = None) -> QuerySet[Challenge]:
    """Return the challenges that everybody sees; of one year those that were published in it."""
    rows = Challenge.objects.visible_to(ANYBODY)
    if year is not None:
        first, following = of_year(year)
        rows = rows.filter(publish_at__gte=first, publish_at__lt=following)
    return rows


def years() -> list[int]:
    """Return the years in which challenges were published, the newest first."""
    found = public_challenges().datetimes("publish_at", "year", order="DESC", tzinfo=ZoneInfo(settings.TIME_ZONE))
    return [each.year for each in found]


def challenges(rows: QuerySet[Challenge]) -> Iterator[Any]:
    """Yield the challenges in the order of their publication, ready to be released, `CHUNK` in memory at once.

    Each chunk begins after the last: no cursor is held, so a slow reader blocks nobody.
    """
    rows = _whole(rows).order_by("publish_at", "pk")
    last: tuple[datetime, int] | None = None
    while chunk := list((rows if last is None else _after(rows, last))[:CHUNK]):
        _complete(chunk)
        yield from chunk
        if len(chunk) < CHUNK:
            return
        last = chunk[-1].publish_at, chunk[-1].pk  # type: ignore[assignment]


def _after(rows: QuerySet[Challenge], last: tuple[datetime, int]) -> QuerySet[Challenge]:
    return rows.filter(publish_at__gte=last[0]).exclude(publish_at=last[0], pk__lte=last[1])


def _whole(rows: QuerySet[Challenge]) -> QuerySet[Challenge]:
    notices = Correction.objects.visible_to(ANYBODY).select_related("old_file").order_by("number")
    authorised = LedgerEntry.objects.public().filter(phase=LedgerPhase.A).select_related("line__budget_year")
    return rows.select_related("department", "policy_area", "cpv", "expenditure").prefetch_related(
        "criteria",
        "documents__file",
        Prefetch("corrections", notices, to_attr="notices"),
        Prefetch("questions", Question.objects.visible_to(ANYBODY).order_by("answered_at", "pk"), to_attr="answered"),
        Prefetch("expenditure__entries", authorised.order_by("pk"), to_attr="authorised"),
    )


def _complete(rows: list[Any]) -> None:
    """Put on each challenge what doesn't come with its own query. As many queries for one as for a hundred."""
    keys = [row.pk for row in rows]
    opened = dict(Opening.objects.filter(challenge__in=keys).values_list("challenge", "opened_at"))
    resolved = {each.challenge_id: each for each in _resolutions(keys)}
    named = [row.pk for row in rows if row.pk in resolved and (row.route != Route.MINOR or row.publishes_identities)]
    tenderers = _tenderers(named)
    for row in rows:
        row.judged_by = sorted(row.criteria.all(), key=lambda each: each.position)
        row.papers = list(row.documents.all())
        row.opened_at = opened.get(row.pk)
        row.resolved = resolved.get(row.pk)
        row.tenderers = tenderers.get(row.pk, [])
        file = getattr(row, "expenditure", None)
        row.authorised = file.authorised if file is not None else []
        with translation.override(settings.LANGUAGE_CODE):
            _describe(row)


def _describe(row: Any) -> None:
    row.maturity = row.maturity_words
    row.address = whole(row.get_absolute_url())
    row.questions_address = whole(reverse("challenges:questions", kwargs={"slug": row.slug}))
    row.resolution_address = whole(reverse("pilots:resolution", kwargs={"slug": row.slug}))
    for paper in row.papers:
        paper.address = _document(row, paper.file)
    for notice in row.notices:
        notice.words = _words(notice)
        notice.moved = [name for name, label in ALL_TERMS.items() if f"{label}:".capitalize() in notice.new_text]
        notice.old_address = _document(row, notice.old_file) if notice.old_file else ""
    for award in row.resolved.announced if row.resolved else []:
        award.pilot.address = whole(award.pilot.get_absolute_url())
        for entry in award.payments:
            entry.address = whole(reverse("pilots:budget_payments", kwargs={"year": entry.line.budget_year.year}))


def _document(row: Any, file: Any) -> str:
    return whole(reverse("challenges:document", kwargs={"slug": row.slug, "file_id": file.public_id}))


def _words(notice: Correction) -> str:
    """Return in words what a notice changed."""
    label = str(CorrectionKind(notice.kind).label).capitalize()
    if notice.kind == CorrectionKind.END:
        return str(Status(notice.new_text).label).capitalize()
    if notice.field == "closes_at":
        return f"{label}: {notice.old_text} → {notice.new_text}"
    return f"{label} ({notice.field}): «{notice.old_text}» → «{notice.new_text}»" if notice.new_text else label


def _resolutions(challenges: list[int]) -> list[Resolution]:
    """Return the published resolutions with their awards, pilots, milestones and payments."""
    payments = LedgerEntry.objects.public().filter(phase=LedgerPhase.P).select_related("line__budget_year")
    awards = (
        Award.objects.announced()
        .select_related("proposal__organisation", "pilot", "commitment")
        .prefetch_related(
            Prefetch("pilot__milestones", Milestone.objects.order_by("number"), to_attr="planned"),
            Prefetch("commitment__entries", payments.order_by("made_at", "pk"), to_attr="paid_by"),
        )
        .order_by("approved_at", "pk")
    )
    found = Resolution.objects.visible_to(ANYBODY).filter(challenge__in=challenges)
    rows = list(found.prefetch_related(Prefetch("awards", awards, to_attr="announced")))
    made: list[Any] = [award for row in rows for award in row.announced]  # type: ignore[attr-defined]
    partners = _partners([award.proposal_id for award in made])
    for award in made:
        award.is_given_up = award.status != AwardStatus.APPROVED
        award.payments = award.commitment.paid_by if hasattr(award, "commitment") else []
        award.partners = partners.get(award.proposal_id, [])
    return rows


def _partners(proposals: list[int]) -> dict[int, list[Organisation]]:
    """Return with whom each of the proposals was made: partners of a winner are published with it."""
    rows = Participation.objects.filter(proposal__in=proposals, is_live=True, role=ParticipationRole.PARTNER)
    found: dict[int, list[Organisation]] = {}
    for row in rows.select_related("organisation").order_by("organisation__name", "pk"):
        found.setdefault(row.proposal_id, []).append(row.organisation)
    return found


def _tenderers(challenges: list[int]) -> dict[int, list[Organisation]]:
    """Return who took part in the calls that publish it, leads and partners, of the proposals in their ranking."""
    rows = Participation.objects.filter(
        challenge__in=challenges, is_live=True, proposal__result__total_points__isnull=False
    ).select_related("organisation")
    found: dict[int, list[Organisation]] = {}
    for row in rows.order_by("organisation__name", "pk"):
        found.setdefault(row.challenge_id, []).append(row.organisation)
    return found


def day_of(instant: datetime | None) -> date | None:
    """Return the day of an instant in the city."""
    return timezone.localtime(instant).date() if instant else None
