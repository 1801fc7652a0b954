"""Reading a page at once, where nothing waits by itself: first it must be there, whole and at rest."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Error

ATTEMPTS = 5
# What htmx is about to replace is dimmed meanwhile, and brightens slowly.
STANDS = """
() => !document.querySelector(".htmx-request, .htmx-swapping, .htmx-settling")
  && document.getAnimations().every((each) => each.playState !== "running" || each.effect.getTiming().iterations > 9)
"""


def settled(page: Any) -> None:
    """Return once the page is loaded and nothing in it is being replaced or moves."""
    page.wait_for_load_state()
    page.wait_for_function(STANDS)


def again(page: Any, read: Callable[[], Any]) -> Any:
    """Return what `read` gives; again where the page was being left for the next one meanwhile."""
    for _attempt in range(ATTEMPTS):
        page.wait_for_load_state()
        try:
            return read()
        except Error:
            page.wait_for_timeout(500)
    return read()


def wide(page: Any) -> int:
    """Return how wide the page is, in pixels, with its styles."""
    return int(again(page, lambda: page.evaluate("document.documentElement.scrollWidth")))


def sideways(page: Any) -> int:
    """Return by how many pixels the page is wider than its window."""
    script = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    return int(again(page, lambda: page.evaluate(script)))
