"""One page for each thing a person does: what it is about, a form, one button. Works without script."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.forms import BaseForm, FileField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from govtech.audit.models import PreparedDecision
from govtech.errors import DomainError


@dataclass(frozen=True)
class Step:
    """The words around a form. `facts`: (label, value[, note]) shown beside it."""

    title: str
    button: str
    back: str
    back_label: str
    lead: str = ""
    eyebrow: str = ""
    advice: str = ""
    danger: bool = False
    facts: list[tuple[Any, ...]] = field(default_factory=list)


def take(
    request: HttpRequest,
    step: Step,
    form: BaseForm,
    *,
    check: Callable[[], object],
    do: Callable[[dict[str, Any]], object],
    done: str,
    back: str = "",
    template: str = "pilots/step.html",
) -> HttpResponse:
    """Show the form; on POST do it, say so and go back. A refusal stands beside its field, what was typed is kept.

    `check` refuses before anything is shown: PermissionDenied is the 403 page, a `DomainError` a message.
    """
    try:
        check()
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(step.back)
    if request.method == "POST" and form.is_valid():
        try:
            do(form.cleaned_data)
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, done)
            return redirect(back or step.back)
    has_files = any(isinstance(one, FileField) for one in form.fields.values())
    context = {"step": step, "form": form, "has_files": has_files}
    return render(request, template, context, status=422 if form.is_bound else 200)


def press(request: HttpRequest, do: Callable[[], object], *, done: str, back: str) -> HttpResponse:
    """Do what a button says and go back, with a message either way."""
    try:
        do()
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect(back)


def changed_meanwhile(request: HttpRequest, waiting: PreparedDecision | None) -> bool:
    """Say, with a message, whether what waits isn't what the person was shown: sent back and prepared anew.

    A press that doesn't say what it was shown decides nothing.
    """
    if waiting is None or waiting.public_id == request.POST.get("decision", ""):
        return False  # where nothing waits, the action says so
    messages.error(request, _("This changed while you were reading it. Look at it again before you approve."))
    return True


def given(request: HttpRequest) -> dict[str, Any]:
    """Return what a form takes: data and files when something was sent."""
    return {"data": request.POST, "files": request.FILES} if request.method == "POST" else {}


def back_to_pilot() -> str:
    """Return the words of the link back."""
    return _("Work of the pilot")
