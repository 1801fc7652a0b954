"""Videos at the step of a form that they explain."""

from typing import Any

from django import template

from govtech.programme.models import Video
from govtech.statements import Slot, Statement

register = template.Library()
MOST = 3


_AT = Statement(
    lambda: (
        Video.objects.published()
        .filter(places__contains=Slot("place", Video._meta.get_field("places")))
        .select_related("file")
        .listed()[:MOST]
    )
)


@register.inclusion_tag("programme/_explained.html", takes_context=True)
def explained_at(context: Any, form: str, step: str) -> dict[str, Any]:
    """Show the published videos that explain a step. One query."""
    place = f"{form}.{step}"
    rows = _AT.rows(place=[place])
    return {"rows": list(rows), "LANGUAGE_CODE": context.get("LANGUAGE_CODE")}
