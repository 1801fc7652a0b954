"""Writing a challenge: the delegate's pages."""

from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import PermissionDenied
from django.db.models import BigIntegerField, CharField, Count, F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from challenges.actions import challenge as actions
from challenges.actions import review as reviewing
from challenges.calculations.step import KEYS, LABELS, STEPS, WORDS
from challenges.filters.need import supports_of
from challenges.forms.draft import CALL, TitleForm
from challenges.forms.step import FORMS
from challenges.models import Challenge, ChallengeStep, ReviewComment, Status, Template
from challenges.models.challenge import EDITABLE, LAUNCHED, seen, sight_of
from challenges.policies import challenge as policies
from challenges.policies import preflight
from challenges.policies import support as support_policies
from govtech import clock
from govtech.accounts import roles
from govtech.clock import PortalNow
from govtech.errors import DomainError
from govtech.policies import allows
from govtech.reference.models import Department, Rules
from govtech.statements import OneOf, Slot, Statement

PAST = 100  # calls offered to start from; any other is chosen on its own page


def _prepared(sight: str) -> QuerySet[Challenge]:
    own = Q(OneOf(F("department"), Slot("departments", ArrayField(BigIntegerField()))))
    return (
        Challenge.objects.filter(seen(sight, own), public_id=Slot("public_id", CharField()))
        .select_related("department", "policy_area", "cpv", "independent_objects_report")
        .annotate(_seen_at=PortalNow())
    )


_PREPARING = {sight: Statement(partial(_prepared, sight)) for sight in ("", "office", "audit")}
_STEPS = Statement(
    lambda: ChallengeStep.objects.filter(challenge=Slot("challenge", BigIntegerField())).select_related("saved_by")
)


def preparing(request: HttpRequest, public_id: str) -> Challenge:
    """Return a challenge by its private address, if the person may know of it and works on it for the city."""
    departments = list(roles.departments_of(request.user))
    statement = _PREPARING[sight_of(request.user)]
    challenge = statement.one(public_id=public_id, departments=departments)
    if challenge is None:
        raise Http404
    if challenge.merged_into_id is not None:
        challenge.merged_into = Challenge.objects.select_related("department").get(pk=challenge.merged_into_id)
    if not (roles.is_staff_role(request.user) or roles.is_delegate(request.user, challenge.department_id)):
        raise PermissionDenied(_("Only the department and the Digital Office see how a challenge is prepared."))
    return challenge


def by_step(found: list[preflight.Check]) -> dict[str, list[preflight.Check]]:
    """Group the stops of the check list by step."""
    stops: dict[str, list[preflight.Check]] = {}
    for check in found:
        if check.level == preflight.STOP:
            stops.setdefault(check.step, []).append(check)
    return stops


def step_links(
    challenge: Challenge, found: list[preflight.Check], saved: dict[str, ChallengeStep], *, current: str = ""
) -> list[tuple[Any, str, str, str]]:
    """Return the steps with their state in words, for `{% stepnav %}`."""
    stops, urls = by_step(found), step_urls(challenge)
    return [
        (LABELS[key], urls[key], *_state(key, stops.get(key, []), saved, is_current=key == current)) for key in KEYS
    ]


def step_urls(challenge: Challenge) -> dict[str, str]:
    """Return the address of each step: they differ in its word alone."""
    known = KEYS[0]
    url = reverse("challenges:step", kwargs={"public_id": challenge.public_id, "key": known})
    before, _word, after = url.rpartition(f"/{WORDS[known]}/")
    return {key: f"{before}/{word}/{after}" for key, word in WORDS.items()}


def _state(
    key: str, stops: list[preflight.Check], saved: dict[str, ChallengeStep], *, is_current: bool
) -> tuple[str, str]:
    """Return words and look of a step."""
    weights = next((check for check in stops if check.field == "weights"), None)
    touched = key in saved and saved[key].saved_at is not None
    if weights:
        state = (_("Adds up to %(total)s of 100") % {"total": weights.total}, "error")
    elif key == "documents":
        state = (_("Optional"), "todo")
    elif key == "terms":
        state = (_("The Office"), "todo")
    elif not stops:
        state = (_("Complete"), "done")
    elif touched:
        state = (
            ngettext("%(n)s thing missing", "%(n)s things missing", len(stops)) % {"n": len(stops)},
            "error",
        )
    else:
        state = (_("To do"), "todo")
    return (state[0], "current") if is_current else state


def check_rows(challenge: Challenge, found: list[preflight.Check]) -> list[tuple[str, str, str]]:
    """Return the check list for `{% checks %}`, each line linked to the question where it can be mended."""
    urls = step_urls(challenge)
    return [(check.level, check.text, _mended_at(urls, check)) for check in found]


def _mended_at(urls: dict[str, str], check: preflight.Check) -> str:
    if check.level == preflight.OK or check.step not in STEPS:
        return check.url
    url = urls[check.step]
    field = check.field.removesuffix("_id")
    if field not in STEPS[check.step]:
        return url
    first = "_0" if field == "has_personal_data" else ""  # the first of its buttons
    return f"{url}#id_{field}{first}"


def explained(challenge: Challenge, found: list[preflight.Check], *, current: str = "") -> list[tuple[Any, ...]]:
    """Return the same for who writes: what stops, then advice, each with the step on the screen first, and why."""
    order = [preflight.STOP, preflight.ADVICE, preflight.OK]
    found = sorted(found, key=lambda check: (order.index(check.level), check.step != current))
    rows = zip(check_rows(challenge, found), found, strict=True)
    return [(*row, check.reason if check.level != preflight.OK else "") for row, check in rows]


def saved_steps(challenge: Challenge) -> dict[str, ChallengeStep]:
    """Return who saved each step and when."""
    return {row.key: row for row in _STEPS.rows(challenge=challenge.pk)}


def base_context(challenge: Challenge, at: datetime, *, current: str = "") -> dict[str, Any]:
    """Return what every page of a draft shows: the steps with their state, and the check list."""
    rules = Rules.objects.in_force(clock.local_date(at))
    found = preflight.checks(challenge, at=at, rules=rules)
    saved = saved_steps(challenge)
    return {
        "challenge": challenge,
        "at": at,
        "rules": rules,
        "found": found,
        "saved": saved,
        "step_links": step_links(challenge, found, saved, current=current),
        "checks": explained(challenge, found, current=current),
        "stops": sum(check.level == preflight.STOP and check.step != "terms" for check in found),
        "status_label": Status(challenge.status).label,
    }


# Lists and overview --------------------------------------------------------------------------------


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Challenges that the person's departments write, or that the Office looks after."""
    departments = roles.departments_of(request.user)
    if not (departments or roles.is_staff_role(request.user)):
        raise PermissionDenied(_("This page is for digital delegates and the Digital Office."))
    rows = Challenge.objects.visible_to(request.user).with_phase().select_related("department")
    if not roles.is_staff_role(request.user):
        rows = rows.filter(department__in=departments)
    rows = rows.order_by("-created_at", "-pk")
    preparing_rows = list(rows.annotate(shared=Count("supports")).filter(status__in=[*EDITABLE, Status.SUBMITTED]))
    return render(
        request,
        "challenges/mine.html",
        {
            "preparing": preparing_rows,
            "launched": rows.filter(status__in=LAUNCHED)[:100],
            "rejected": rows.filter(status__in=[Status.REJECTED, Status.MERGED]).select_related("merged_into")[:50],
            "writes": bool(departments),
            "is_officer": roles.is_officer(request.user),
            "at": clock.now(),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a draft with a department and a working title."""
    departments = Department.objects.filter(pk__in=roles.departments_of(request.user)).by_name()
    if not departments:
        raise PermissionDenied(_("Only digital delegates write challenges. The Digital Office appoints them."))
    form = TitleForm(
        request.POST if request.method == "POST" else None,
        departments=departments,
        templates=Template.objects.in_force(),
        past=_past_calls(request.POST.get("source") or request.GET.get("source", "")),
        chosen=request.GET.get("source", ""),
    )
    if request.method == "POST" and form.is_valid():
        try:
            challenge = actions.create(**form.cleaned_data, by=request.user, at=clock.now())
        except DomainError as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            return redirect("challenges:step", public_id=challenge.public_id, key="problem")
    return render(request, "challenges/new.html", {"form": form}, status=422 if form.is_bound else 200)


def _past_calls(chosen: str) -> list[Challenge]:
    """Return the newest public calls, and the one that was chosen elsewhere."""
    rows = Challenge.objects.public().select_related("department")
    newest = list(rows.order_by("-publish_at", "-pk")[:PAST])
    slug = chosen.removeprefix(CALL)
    if slug and slug not in {row.slug for row in newest}:
        newest += rows.filter(slug=slug[:120])
    return newest


@require_safe
def resume(request: HttpRequest, public_id: str) -> HttpResponse:
    """Lead to the part somebody worked on last, where a draft goes on."""
    challenge = preparing(request, public_id)
    last = challenge.steps.exclude(saved_at=None).exclude(key="terms").order_by("-saved_at", "-pk").first()
    return redirect("challenges:step", public_id=public_id, key=last.key if last else KEYS[0])


@require_safe
def draft(request: HttpRequest, public_id: str) -> HttpResponse:
    """The whole draft as it will be read, the check list, and the button that sends it."""
    challenge = preparing(request, public_id)
    at = clock.now()
    writes = roles.is_delegate(request.user, challenge.department_id)
    context = base_context(challenge, at) | {
        "can_edit": allows(policies.check_can_edit, challenge, by=request.user, at=at),
        "can_submit": allows(policies.check_can_submit, challenge, by=request.user, at=at),
        "can_discard": allows(policies.check_can_discard, challenge, by=request.user, at=at),
        "is_officer": roles.is_officer(request.user),
        "writes": writes,
        "can_show_idea": allows(support_policies.check_can_show_idea, challenge, by=request.user, at=at),
        "supports": supports_of(challenge),
        "comments": open_comments(challenge) if challenge.status in EDITABLE else [],
        "can_take_back": challenge.status == Status.SUBMITTED
        and allows(policies.check_can_take_back, challenge, by=request.user, at=at),
        "criteria": challenge.criteria.order_by("position"),
        "districts": list(challenge.districts.order_by("number")),
        "documents": challenge.documents.select_related("file").order_by("pk"),
    }
    return render(request, "challenges/draft.html", context)


def open_comments(challenge: Challenge) -> list[ReviewComment]:
    """Return the Office's comments that nobody has dealt with, each knowing its place."""
    return placed(challenge, challenge.review_comments.unsettled().order_by("pk"))


def placed(challenge: Challenge, rows: Any) -> list[ReviewComment]:
    """Return the comments, each knowing what it is about and where that is."""
    notes = list(rows)
    for note in notes:
        note.step_label = LABELS.get(note.step, "")  # type: ignore[attr-defined]
        note.url = reverse("challenges:step", kwargs={"public_id": challenge.public_id, "key": note.step})  # type: ignore[attr-defined]
        note.field_label = field_label(note.field)  # type: ignore[attr-defined]
    return notes


def field_label(name: str) -> Any:
    """Return how a field is called on the form."""
    for form in FORMS.values():
        if name in form.base_fields:
            return form.base_fields[name].label
    return ""


@require_POST
def submit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send the draft to the Office."""
    challenge = preparing(request, public_id)
    try:
        actions.submit(challenge, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, _("Sent. The Digital Office will review it and you will hear from them here and by e-mail.")
        )
    return redirect("challenges:draft", public_id=public_id)


@require_POST
def take_back(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a challenge back from the review, to change it."""
    challenge = preparing(request, public_id)
    try:
        actions.take_back(challenge, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is a draft again. Send it when it is ready."))
    return redirect("challenges:draft", public_id=public_id)


@require_POST
def discard(request: HttpRequest, public_id: str) -> HttpResponse:
    """Delete a draft that was never sent."""
    challenge = preparing(request, public_id)
    try:
        actions.discard(challenge, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("challenges:draft", public_id=public_id)
    messages.success(request, _("The draft is deleted."))
    return redirect("challenges:mine")


@require_POST
def settle(request: HttpRequest, public_id: str) -> HttpResponse:
    """Mark a comment of the Office as dealt with."""
    challenge = preparing(request, public_id)
    note = get_object_or_404(challenge.review_comments, pk=to_number(request.POST.get("comment", "")))
    try:
        reply = request.POST.get(f"reply-{note.pk}", "").replace("\0", "")
        reviewing.settle(note, reply=reply, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Marked as dealt with."))
    return redirect("challenges:step", public_id=public_id, key=note.step)


def to_number(text: str) -> int:
    """Return a number sent by a form; -1 where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
