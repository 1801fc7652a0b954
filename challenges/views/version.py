"""The history of a draft: its versions, and what changed between any two."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from challenges.calculations.step import LABELS
from challenges.filters.version import changes
from challenges.models import Challenge, ChallengeVersion
from challenges.models.version import content_of
from challenges.views.draft import preparing, saved_steps, to_number
from govtech import clock

MOST = 200  # versions listed: the newest


@require_safe
def history(request: HttpRequest, public_id: str) -> HttpResponse:
    """Versions of a draft and the difference between two: by their numbers `from` and `to`, 0 being now."""
    challenge = preparing(request, public_id)
    rows = list(challenge.versions.defer("content").select_related("made_by").order_by("-number")[:MOST])
    numbers = [0, *(row.number for row in rows)]
    newer = _asked(request, "to", numbers, default=0)
    older = _asked(request, "from", numbers, default=rows[0].number if rows else 0)
    context = {
        "challenge": challenge,
        "versions": rows,
        "older": older,
        "newer": newer,
        "older_words": _words(older, rows),
        "newer_words": _words(newer, rows),
        "changes": changes(_content(challenge, older), _content(challenge, newer)) if older != newer else [],
        "steps": [(LABELS[row.key], row) for row in saved_steps(challenge).values() if row.saved_at],
        "at": clock.now(),
    }
    return render(request, "challenges/history.html", context)


def _asked(request: HttpRequest, name: str, numbers: list[int], *, default: int) -> int:
    number = to_number(request.GET.get(name, ""))
    return number if number in numbers else default


def _content(challenge: Challenge, number: int) -> dict[str, Any]:
    if not number:
        return content_of(challenge)
    content: dict[str, Any] = challenge.versions.values_list("content", flat=True).get(number=number)
    return content


def _words(number: int, rows: list[ChallengeVersion]) -> str:
    row = next((row for row in rows if row.number == number), None)
    return _("version %(number)s") % {"number": row.number} if row else _("as it is now")
