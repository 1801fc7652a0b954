"""What waits for a second person."""

from django.http import HttpRequest, HttpResponse


def waiting(request: HttpRequest) -> HttpResponse:
    """To come."""
    return HttpResponse()


def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """To come."""
    return HttpResponse()
