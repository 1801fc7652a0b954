"""One step of a draft: shown, saved by the button or in the background, compared when two people wrote it."""

import functools
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import BigIntegerField, CharField
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from challenges.actions import challenge as actions
from challenges.actions import document as documents
from challenges.calculations.step import KEYS, LABELS
from challenges.forms.base import StepForm
from challenges.forms.calendar import StartForm
from challenges.forms.criteria import CriteriaEditor
from challenges.forms.draft import DocumentForm
from challenges.forms.step import FORMS
from challenges.models import Challenge, ChallengeDocument, ChallengeStep, ReviewComment, Status, Template
from challenges.models.challenge import EDITABLE
from challenges.policies import challenge as policies
from challenges.policies import preflight
from challenges.views.draft import base_context, by_step, placed, preparing, to_number
from govtech import clock
from govtech.accounts import roles
from govtech.errors import DomainError
from govtech.policies import allows
from govtech.shell import words, writing
from govtech.statements import Slot, Statement

Editor = StepForm | CriteriaEditor


@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, public_id: str, key: str) -> HttpResponse:
    """Show or save one step. The same POST serves the button and the saving in the background."""
    challenge = preparing(request, public_id)
    at: datetime = challenge._seen_at  # type: ignore[attr-defined]  # noqa: SLF001 - no column: no template reads it
    if not roles.is_delegate(request.user, challenge.department_id):
        if request.method == "POST":
            policies.check_can_edit(challenge, by=request.user, at=at)
        return redirect("challenges:review", public_id=public_id)
    if key == "terms":
        if request.method == "POST":
            raise PermissionDenied(_("The terms are written by the Digital Office."))
        return render(request, "challenges/step_terms.html", _step_context(request, challenge, key, at))
    if challenge.status not in EDITABLE and not _takes_back(request, challenge, at):
        return _not_now(request, challenge, at)
    if key == "documents":
        return _documents(request, challenge, at)
    if request.method == "POST":
        return _save(request, challenge, key, at)
    start = StartForm(request.GET) if key == "calendar" and "start" in request.GET else None
    templates = list(Template.objects.in_force()) if key == "criteria" else []
    template = next((row for row in templates if row.public_id == request.GET.get("template")), None)
    editor = editor_for(challenge, key, at, start=start, template=template)
    extra = {"start_form": start or StartForm(), "templates": templates, "chosen_template": template}
    return _step_page(request, challenge, key, editor, at, extra=extra)


def _takes_back(request: HttpRequest, challenge: Challenge, at: datetime) -> bool:
    """Say whether the part of a challenge under review is shown, or saved, by somebody who was told what it means.

    What was typed while a colleague sent the challenge comes back with the warning: nothing is lost.
    """
    knowing = functools.partial(policies.check_can_edit, takes_back=True)
    return (
        challenge.status == Status.SUBMITTED
        and not writing.is_background(request)
        and allows(knowing, challenge, by=request.user, at=at)
    )


def _not_now(request: HttpRequest, challenge: Challenge, at: datetime) -> HttpResponse:
    try:
        policies.check_can_edit(challenge, by=request.user, at=at)
    except DomainError as refusal:
        if writing.is_background(request):
            return JsonResponse({"message": str(refusal)}, status=422)
        messages.warning(request, str(refusal))
    return redirect("challenges:draft", public_id=challenge.public_id)


def editor_for(
    challenge: Challenge,
    key: str,
    at: datetime,
    *,
    data: Any = None,
    start: StartForm | None = None,
    template: Template | None = None,
) -> Editor:
    """Return the form of a step, bound to `data` if given."""
    if key == "criteria":
        return CriteriaEditor(data, challenge=challenge, template=template)
    if key == "calendar" and start is not None and start.is_valid():
        return FORMS[key](None, challenge=challenge, at=at, start=start.cleaned_data["start"])  # type: ignore[call-arg]
    return FORMS[key](data, challenge=challenge, at=at)


def _save(request: HttpRequest, challenge: Challenge, key: str, at: datetime) -> HttpResponse:
    editor = editor_for(challenge, key, at, data=request.POST)
    version = to_number(request.POST.get("version", ""))
    if editor.is_valid():
        try:
            actions.save_step(
                challenge,
                key,
                version=version,
                data=editor.cleaned_data,
                by=request.user,
                at=at,
                takes_back="takes_back" in request.POST,
            )
        except actions.StaleError as refusal:
            return _conflict(request, challenge, key, editor, at, str(refusal))
        except DomainError as refusal:
            editor.add_error(refusal.field, str(refusal))
        else:
            return _saved(request, challenge, key, version + 1, at)
    if writing.is_background(request):
        return JsonResponse(
            {"message": _("Not saved yet: something must be mended. Press the button to see what.")}, status=422
        )
    return _step_page(request, challenge, key, editor, at, status=422)


def _saved(request: HttpRequest, challenge: Challenge, key: str, version: int, at: datetime) -> HttpResponse:
    if writing.is_background(request):
        return JsonResponse({"version": version, "saved_at": at.isoformat(), **_live(request, challenge, key, at)})
    weights = _weights(challenge, at) if key == "criteria" else None
    following = key
    if weights:
        messages.warning(request, _("Saved. %(problem)s") % {"problem": weights.text})
    elif "stay" not in request.POST:
        messages.success(request, _("Saved: %(step)s.") % {"step": LABELS[key]})
        following = KEYS[KEYS.index(key) + 1]
    shown = key if following == "terms" else following
    return writing.arrived(request, redirect("challenges:step", public_id=challenge.public_id, key=shown))


def _weights(challenge: Challenge, at: datetime) -> preflight.Check | None:
    """Return what is wrong with the weights, if anything is."""
    challenge.refresh_from_db()
    return next((check for check in preflight.checks(challenge, at=at) if check.field == "weights"), None)


def _live(request: HttpRequest, challenge: Challenge, key: str, at: datetime) -> dict[str, Any]:
    """Return what changes on the page with a save: when it was saved, who else writes, the steps and the check list."""
    fresh = Challenge.objects.select_related("department", "policy_area").get(pk=challenge.pk)
    context = base_context(fresh, at, current=key)
    return {
        "at": words.clock_time(at),
        "status": _saved_words(request, context["saved"][key], context["saved"], at),
        "parts": [render_to_string("challenges/_live.html", context, request=request)],
    }


def _conflict(
    request: HttpRequest, challenge: Challenge, key: str, editor: Editor, at: datetime, message: str
) -> HttpResponse:
    """Show what is stored beside what was typed. Nothing was written; saving again writes what is typed."""
    fresh = Challenge.objects.select_related("department", "policy_area").get(pk=challenge.pk)
    row = fresh.steps.select_related("saved_by").get(key=key)
    stored = editor_for(fresh, key, at).texts()
    differences = writing.differences(stored, editor.texts())
    if writing.is_background(request):
        return JsonResponse(
            {
                "message": _("%(who)s has saved this part meanwhile. Press save to compare: nothing is lost.")
                % {"who": _who(request, row)},
                "url": "#guardar",
                "version": row.version,
                "differences": differences,
            },
            status=409,
        )
    extra = {"differences": differences, "conflict": message, "conflict_who": _who(request, row)}
    return _step_page(request, fresh, key, editor, at, status=409, extra=extra)


def _who(request: HttpRequest, row: ChallengeStep) -> str:
    if row.saved_by_id == request.user.pk:
        return _("Another window of yours")
    return row.saved_by.full_name if row.saved_by else _("Somebody else")


_COMMENTS = Statement(
    lambda: ReviewComment.objects.filter(
        challenge=Slot("challenge", BigIntegerField()), step=Slot("step", CharField()), closed_at=None
    ).order_by("pk")
)


def _step_context(request: HttpRequest, challenge: Challenge, key: str, at: datetime) -> dict[str, Any]:
    context = base_context(challenge, at, current=key)
    row = context["saved"][key]
    stops = by_step(context["found"]).get(key, [])
    under_review = challenge.status == Status.SUBMITTED
    rows = _COMMENTS.rows(challenge=challenge.pk, step=key)
    if under_review:  # what the Office writes now is read when it returns the challenge
        rows = [row for row in rows if challenge.submitted_at and row.made_at < challenge.submitted_at]
    notes = placed(challenge, rows)
    return context | {
        "key": key,
        "label": LABELS[key],
        "version": row.version,
        "status_text": _saved_words(request, row, context["saved"], at),
        "weights": next((check.text for check in stops if check.field == "weights"), ""),
        "comments": [note for note in notes if note.resolved_at is None and not under_review],
        "answered": [note for note in notes if note.resolved_at is not None or under_review],
        "under_review": under_review,
    }


def _step_page(
    request: HttpRequest,
    challenge: Challenge,
    key: str,
    editor: Editor,
    at: datetime,
    *,
    status: int = 200,
    extra: dict[str, Any] | None = None,
) -> HttpResponse:
    if status != 200:  # the form may have left typed values on the object
        challenge = Challenge.objects.select_related("department", "policy_area").get(pk=challenge.pk)
    context = _step_context(request, challenge, key, at)
    if isinstance(editor, StepForm):
        editor.mark_needed()
        for field in editor:
            field.notes = [note for note in context["comments"] if note.field == field.name]  # type: ignore[attr-defined]
        context["form"] = editor
    context["editor"] = editor
    context["general"] = [note for note in context["comments"] if not note.field or not isinstance(editor, StepForm)]
    context["is_unsaved"] = status != 200
    unset = {"calendar": challenge.closes_at is None, "criteria": context["saved"]["criteria"].saved_at is None}
    context["is_proposal"] = unset.get(key, False)
    context.setdefault("start_form", StartForm())
    template = "challenges/step_criteria.html" if key == "criteria" else "challenges/step.html"
    return render(request, template, context | (extra or {}), status=status)


def _saved_words(request: HttpRequest, row: ChallengeStep, saved: dict[str, ChallengeStep], at: datetime) -> str:
    """Return when this step was saved and who else is at work on the draft."""
    parts = [said] if (said := writing.saved_words(row.saved_at, at)) else []
    others = [
        other
        for other in saved.values()
        if other.saved_at and other.saved_at > at - writing.PRESENT and other.saved_by_id != request.user.pk
    ]
    if others:
        latest = max(others, key=lambda other: other.saved_at or at)
        parts.append(
            _("%(who)s is also writing: «%(step)s»")
            % {"who": latest.saved_by.short_name if latest.saved_by else "", "step": LABELS[latest.key]}
        )
    return " · ".join(parts)


# Documents -----------------------------------------------------------------------------------------


def _documents(request: HttpRequest, challenge: Challenge, at: datetime) -> HttpResponse:
    form = DocumentForm(
        request.POST if request.method == "POST" else None, request.FILES if request.method == "POST" else None
    )
    if request.method == "POST" and form.is_valid():
        try:
            documents.add(
                challenge,
                form.cleaned_data["file"],
                title=form.cleaned_data["title"],
                by=request.user,
                at=at,
                takes_back="takes_back" in request.POST,
            )
        except DomainError as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("The document is attached."))
            return redirect("challenges:step", public_id=challenge.public_id, key="documents")
    context = _step_context(request, challenge, "documents", at) | {
        "form": form,
        "documents": challenge.documents.select_related("file").order_by("pk"),
    }
    context["general"] = context["comments"]
    return render(request, "challenges/step_documents.html", context, status=422 if form.is_bound else 200)


@require_POST
def remove_document(request: HttpRequest, public_id: str, file_id: str) -> HttpResponse:
    """Take a document out of the draft."""
    challenge = preparing(request, public_id)
    document = get_object_or_404(
        ChallengeDocument.objects.select_related("challenge", "file"), challenge=challenge, file__public_id=file_id
    )
    try:
        documents.remove(document, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The document is removed."))
    return redirect("challenges:step", public_id=public_id, key="documents")
