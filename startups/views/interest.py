"""One's own declared interests."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from govtech import clock
from govtech.errors import DomainError
from startups.actions import interest as actions
from startups.forms.interest import InterestForm
from startups.models import Interest
from startups.views.evaluated import refused


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """List one's own and add one."""
    at = clock.now()
    form = InterestForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add(**form.cleaned_data, by=request.user, at=at)
        except DomainError as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("Declared."))
            return redirect("startups:interests")
    rows = Interest.objects.visible_to(request.user).current().order_by("-added_at", "-pk")
    context = {"form": form, "rows": rows, "at": at}
    return render(request, "startups/interests.html", context, status=422 if form.errors else 200)


@require_POST
def remove(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take one out."""
    rows = Interest.objects.visible_to(request.user).current()
    actions.remove(get_object_or_404(rows, public_id=public_id), by=request.user, at=clock.now())
    messages.success(request, _("Taken out."))
    return redirect("startups:interests")
