"""Public pages: the catalogue and each challenge."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BigIntegerField,
    CharField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce, JSONObject, TruncDate
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from challenges.filters.challenge import PARAMETERS, ChallengeFilter
from challenges.filters.found import Found
from challenges.filters.text import excerpts
from challenges.models import (
    Challenge,
    ChallengeDocument,
    Correction,
    Follow,
    Phase,
    PlannedChallenge,
    Question,
    Status,
    Support,
)
from challenges.models.criterion import criteria_of
from challenges.models.instant import instants_of
from challenges.policies import challenge as policies
from challenges.policies import question as question_policies
from challenges.templatetags.challenge_tags import entries, phase_words
from challenges.views.corrections import described
from challenges.views.draft import preparing
from govtech.accounts import roles
from govtech.clock import PortalNow
from govtech.files.views import send_file
from govtech.policies import allows
from govtech.reference.models import Rules
from govtech.shell import pages, words
from govtech.shell.kept import framed
from govtech.shell.registry import slots
from govtech.statements import Slot, Statement

PAGE = 20
MOST_PLANNED = 4
SLOTS = ("challenge.aside", "challenge.after")  # of the page of a challenge


def public(request: HttpRequest, slug: str) -> Challenge:
    """Return a challenge by its public address, with its phase, if the person may know of it."""
    return get_object_or_404(
        Challenge.objects.visible_to(request.user).with_phase().select_related("department", "policy_area", "cpv"),
        slug=slug,
    )


@login_not_required
@require_safe
@pages.for_everybody_asking(*PARAMETERS, "page")
def catalogue(request: HttpRequest) -> HttpResponse:
    """Search and narrow the challenges. Anybody. An address that says the same otherwise leads to the one it has."""
    filterset = ChallengeFilter(request.GET, user=request.user)
    page = Found(filterset, PAGE).get_page(request.GET.get("page"))
    query = filterset.query(page=page.number)
    if request.META.get("QUERY_STRING", "") != query:
        return redirect(f"{request.path}?{query}" if query else request.path)
    if filterset.text:
        excerpts(page.object_list, filterset.searched)
    reasons = filterset.reasons(page.object_list)
    for row in page.object_list:
        row.reason = reasons.get(row.pk, "")
    slots.prepare("challenge.row", page.object_list, request.user, request=request)
    at, change = filterset.moment
    pages.holds_until(request, at, change)
    planned = planned_for(filterset) if page.number == 1 else []
    rows = entries(page.object_list, at=at, with_slot=True)

    def context() -> dict[str, Any]:
        return {
            "filterset": filterset,
            "facets": filterset.facets(),
            "sorts": filterset.sorts(),
            "page": page,
            "counted": (page.paginator.count, page.number, page.paginator.num_pages),
            "planned": planned,
            "asked": filterset.taken_off(),
            "query": filterset.query(),
            "is_search": bool(filterset.text or filterset.values["sort"]),
            "canonical": settings.SITE_URL.rstrip("/") + request.get_full_path(),
            "exact_query": filterset.query(exact="1"),
            "ways_out": [] if page.paginator.count else filterset.ways_out(),
        }

    if rows and not planned and not filterset.text and pages.is_anybody(request.META):
        key = (filterset.things_text, filterset.counts_text)
        return framed(request, "challenges/list.html", key, context, rows=rows)
    return render(request, "challenges/list.html", {**context(), "rows": rows})


def planned_for(filterset: ChallengeFilter) -> list[PlannedChallenge]:
    """Return what is announced for the departments and areas looked at; nothing in a search of something else."""
    if filterset.text or set(filterset.chosen) - {"area", "department"}:
        return []
    if not filterset.chosen:
        return ANNOUNCED.rows() if filterset.is_announced else []
    rows = announced()
    if areas := filterset.chosen.get("area"):
        rows = rows.filter(policy_areas__slug__in=areas).distinct()
    if departments := filterset.chosen.get("department"):
        rows = rows.filter(department__code__in=departments)
    return list(rows[:MOST_PLANNED])


def announced() -> QuerySet[PlannedChallenge]:
    """Return what is announced and still to come, the next first."""
    rows = PlannedChallenge.objects.expected().order_by("expected_until", "expected_from", "pk")
    return rows.select_related("department")


ANNOUNCED = Statement(lambda: announced()[:MOST_PLANNED])


def timeline(challenge: Challenge) -> list[tuple[str, str, str]]:
    """Return the steps of the call with their dates, for `{% steps %}`."""
    phase = Phase(challenge.phase)  # type: ignore[attr-defined]
    place = {
        Phase.PREPARING: 0,
        Phase.UPCOMING: 0,
        Phase.OPEN: 1,
        Phase.CLOSING_SOON: 1,
        Phase.CLOSED: 2,
        Phase.EVALUATING: 2,
        Phase.AWARDED: 3,
        Phase.PILOTING: 4,
        Phase.FINISHED: 5,
    }.get(phase)
    if place is None:  # it ended before: what happened, and the end
        return [
            (_("Published"), words.formatted(challenge.publish_at, "short_day_year"), "done"),
            (_("Closed") if phase != Phase.CANCELLED else str(phase.label), _end_day(challenge, phase), "done"),
            *(
                []
                if phase == Phase.CANCELLED
                else [(str(phase.label), words.formatted(challenge.ended_at, "short_day_year"), "current")]
            ),
        ]
    rows = [
        (_("Published"), words.formatted(challenge.publish_at, "short_day")),
        (
            _("Proposals open") if place <= 1 else _("Proposals closed"),
            _until(challenge.closes_at, "short_when")
            if place <= 1
            else words.formatted(challenge.closes_at, "short_day"),
        ),
        (_("Evaluation"), _until(challenge.evaluation_until)),
        (_("Award"), _until(challenge.award_until)),
        (
            _("Pilot"),
            _("from %(day)s") % {"day": words.formatted(challenge.pilot_starts_on, "short_day_year")}
            if challenge.pilot_starts_on
            else "",
        ),
    ]
    return [
        (label, sub, "done" if index < place else "current" if index == place else "todo")
        for index, (label, sub) in enumerate(rows)
    ]


def _until(day: Any, style: str = "short_day_year") -> str:
    return _("until %(when)s") % {"when": words.formatted(day, style)} if day else ""


def _end_day(challenge: Challenge, phase: Phase) -> str:
    return words.formatted(challenge.ended_at if phase == Phase.CANCELLED else challenge.closes_at, "short_day_year")


def _pages(rows: QuerySet[Challenge]) -> QuerySet[Challenge]:
    """Return challenges with all that their pages show and can be read with them.

    `_seen_at` is the instant of the reading, `vat_rate` that of their publication, in percent.
    """
    published = ExpressionWrapper(OuterRef("publish_at"), output_field=DateTimeField())
    day = TruncDate(Coalesce(published, PortalNow()), tzinfo=timezone.get_default_timezone())
    rules = Rules.objects.filter(valid_from__lte=day).order_by("-valid_from")
    places = Challenge.districts.through.objects.filter(challenge=OuterRef("pk")).order_by("district__number")
    documents = ChallengeDocument.objects.filter(challenge=OuterRef("pk")).order_by("pk")
    rows = rows.with_phase().select_related("department", "policy_area", "cpv")  # type: ignore[attr-defined]
    return rows.annotate(
        _seen_at=PortalNow(),
        has_questions=Exists(Question.objects.answered().filter(challenge=OuterRef("pk"))),
        has_corrections=Exists(Correction.objects.filter(challenge=OuterRef("pk"))),
        has_supports=Exists(Support.objects.filter(challenge=OuterRef("pk"))),
        vat_rate=Subquery(rules.values("vat_rate")[:1]),
        place_names=ArraySubquery(places.values("district__name")),
        papers=ArraySubquery(
            documents.values(
                paper=JSONObject(title="title", file_id="file__public_id", size="file__size"),
            )
        ),
    )


_PUBLIC_PAGE = Statement(lambda: _pages(Challenge.objects.public()).filter(slug=Slot("slug", CharField())))


def _page_of(request: HttpRequest, slug: str) -> Challenge:
    """Return a challenge with all that its page shows: one query."""
    if request.user.is_authenticated:
        return get_object_or_404(_pages(Challenge.objects.visible_to(request.user)), slug=slug)
    found = _PUBLIC_PAGE.one(slug=slug)
    if found is None:
        raise Http404
    return found


_OF_CHALLENGE = Slot("challenge", BigIntegerField())
_QUESTIONS = Statement(
    lambda: Question.objects.answered().filter(challenge=_OF_CHALLENGE).order_by("answered_at", "pk")
)


@login_not_required
@require_safe
@pages.for_everybody
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One challenge, as it was put to the market and as it stands. Anybody once it is public."""
    challenge = _page_of(request, slug)
    at: datetime = challenge._seen_at  # type: ignore[attr-defined]  # noqa: SLF001 - no column: no template reads it
    pages.holds_until(request, at, *instants_of(challenge))
    user = request.user
    is_public = challenge.publish_at is not None and challenge.publish_at <= at
    is_asking = question_policies.is_asking(challenge, at=at)
    shown_phase = phase_words(challenge, at, long=True)
    criteria = criteria_of(challenge)
    questions = _QUESTIONS.rows(challenge=challenge.pk) if challenge.has_questions else []  # type: ignore[attr-defined]
    corrections = described(challenge) if challenge.has_corrections else []  # type: ignore[attr-defined]
    printed = SafeString(words.formatted(at, "when"))
    for name in SLOTS:
        slots.prepare(name, [challenge], user, request=request)

    def context() -> dict[str, Any]:
        return {
            "challenge": challenge,
            "phase": challenge.phase,  # type: ignore[attr-defined]
            "tone": Phase(challenge.phase).tone,  # type: ignore[attr-defined]
            "phase_words": shown_phase,
            "timeline": timeline(challenge),
            "criteria": criteria,
            "questions": questions,
            "corrections": corrections,
            "is_asking": is_asking,
            "is_public": is_public,
            "is_following": user.is_authenticated and Follow.objects.filter(user=user, challenge=challenge).exists(),
            "acts_for_city": user.is_authenticated and roles.is_participantless(user),
            "can_correct": allows(policies.check_can_correct, challenge, by=user, at=at),
            "can_extend": allows(policies.check_can_extend, challenge, by=user, at=at),
            "ended": challenge.status in (Status.VOID, Status.WAIVED, Status.DESISTED, Status.CANCELLED),
        }

    if pages.is_anybody(request.META) and not user.is_authenticated:
        # Nobody without an account corrects, follows or acts for the city.
        key = (challenge, criteria, questions, corrections, shown_phase, is_asking, is_public)
        key = (*key, *(slots.html(name, challenge) for name in SLOTS))
        return framed(request, "challenges/detail.html", key, context, printed=printed)
    return render(request, "challenges/detail.html", {**context(), "printed": printed})


@login_not_required
@require_safe
def document(request: HttpRequest, slug: str, file_id: str) -> HttpResponse:
    """Download a document of the call. Anybody who sees the call."""
    return _send(public(request, slug), file_id)


@require_safe
def report(request: HttpRequest, public_id: str) -> HttpResponse:
    """Download the legal report on the independent objects. The department and the city's staff."""
    challenge = preparing(request, public_id)
    if challenge.independent_objects_report is None:
        raise Http404
    return send_file(challenge.independent_objects_report)  # type: ignore[return-value]


@require_safe
def draft_document(request: HttpRequest, public_id: str, file_id: str) -> HttpResponse:
    """Download a document of a draft. The department and the Office."""
    return _send(preparing(request, public_id), file_id)


def _send(challenge: Challenge, file_id: str) -> HttpResponse:
    documents = ChallengeDocument.objects.select_related("file")
    found = documents.filter(challenge=challenge, file__public_id=file_id).first()
    if found is not None:
        return send_file(found.file)  # type: ignore[return-value]
    # what a correction replaced stays
    old = get_object_or_404(
        Correction.objects.select_related("old_file"), challenge=challenge, old_file__public_id=file_id
    )
    return send_file(old.old_file)  # type: ignore[return-value]
