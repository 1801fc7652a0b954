"""What stands before Django: kept pages are given as they are, without a request, an answer and headers made of them.

Only what the process's memory holds and what holds now; everything else, also what other processes keep, is Django's.
"""

from collections.abc import Callable, Iterable
from typing import Any

from govtech.shell import pages
from govtech.shell.middleware import named

Answer = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Front:
    """A web application around another. It answers as `PagesMiddleware` would, and never otherwise."""

    def __init__(self, application: Answer) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Give a kept page, or pass on."""
        key = pages.key_of(environ)
        page = pages.shelf().held(key) if key else None
        if page is None:
            return self.application(environ, start_response)
        name = ("X-Request-ID", named(environ.get("HTTP_X_REQUEST_ID", "")))
        if pages.is_known(environ, page):
            start_response("304 Not Modified", [*page.lines_unchanged, name])
            return []
        start_response("200 OK", [*page.lines, name])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [page.body]
