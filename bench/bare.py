"""The unit of measure: Django's barest view, 10 kB of text, no middleware, on the portal's own web server."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

TEXT = "Madrid. " * 1280


def view(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view
    """Answer 10 kB."""
    return HttpResponse(TEXT)


urlpatterns = [path("", view)]

if not settings.configured:
    settings.configure(
        SECRET_KEY="bare", ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF="bench.bare", MIDDLEWARE=[], DEBUG=False
    )
application = get_wsgi_application()
