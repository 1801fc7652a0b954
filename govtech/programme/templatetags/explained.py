"""Videos at the step of a form that they explain."""

from typing import Any

from django import template

from govtech.programme.models import Video

register = template.Library()
MOST = 3


@register.inclusion_tag("programme/_explained.html", takes_context=True)
def explained_at(context: Any, form: str, step: str) -> dict[str, Any]:
    """Show the published videos that explain a step. One query."""
    place = f"{form}.{step}"
    rows = Video.objects.published().filter(places__contains=[place]).select_related("file").listed()[:MOST]
    return {"rows": list(rows), "LANGUAGE_CODE": context.get("LANGUAGE_CODE")}
