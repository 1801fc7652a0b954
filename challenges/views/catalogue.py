"""Public pages of challenges."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse


@login_not_required
def pending(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Replaced by the pages that follow."""
    raise Http404
