"""The Office's templates: listed, written, retired."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from challenges.actions import template as actions
from challenges.forms.template import TemplateEditor
from challenges.models import Template
from challenges.policies import challenge as policies
from govtech import clock
from govtech.errors import DomainError


@require_safe
def templates(request: HttpRequest) -> HttpResponse:
    """The templates in force, and those retired."""
    policies.check_is_officer(by=request.user)
    retired = Template.objects.exclude(retired_at=None).select_related("retired_by").order_by("-retired_at", "-pk")[:50]
    rows = Template.objects.in_force().select_related("saved_by")
    return render(request, "challenges/templates.html", {"templates": rows, "retired": retired})


@require_http_methods(["GET", "HEAD", "POST"])
def new_template(request: HttpRequest) -> HttpResponse:
    """Write a new one, from the criteria that every draft starts with."""
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def template(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change one."""
    policies.check_is_officer(by=request.user)
    return _edit(request, get_object_or_404(Template.objects.in_force(), public_id=public_id))


def _edit(request: HttpRequest, found: Template | None) -> HttpResponse:
    policies.check_is_officer(by=request.user)
    data: Any = request.POST if request.method == "POST" else None
    editor = TemplateEditor(data, template=found)
    if data is not None and editor.is_valid():
        try:
            kept = actions.keep(found, **editor.values(), by=request.user, at=clock.now())
        except DomainError as refusal:
            editor.refuse(refusal.field, str(refusal))
        else:
            messages.success(request, _("The template is kept. Delegates can start from it."))
            if "stay" in request.POST:
                return redirect("challenges:template", public_id=kept.public_id)
            return redirect("challenges:templates")
    context = {"editor": editor, "form": editor.form, "template": found}
    return render(request, "challenges/template.html", context, status=422 if data is not None else 200)


@require_POST
def retire(request: HttpRequest, public_id: str) -> HttpResponse:
    """Offer it no more."""
    policies.check_is_officer(by=request.user)
    found = get_object_or_404(Template.objects.in_force(), public_id=public_id)
    actions.retire(found, by=request.user, at=clock.now())
    messages.success(request, _("The template is retired. Drafts that began with it keep what they took."))
    return redirect("challenges:templates")
