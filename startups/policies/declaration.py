"""The responsible declaration that goes with a proposal (Law 39/2015 art. 69; Law 9/2017 art. 140.1).

What was declared is kept, word for word, inside the technical envelope. Change the words, and `VERSION` with them.
"""

from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

VERSION = 1
POINTS = [
    _("It has the capacity to act, and the means and permits that the pilot takes."),
    _("It isn't barred from contracting with the public sector (Law 9/2017, art. 71)."),
    _("It is up to date with its taxes and with Social Security."),
    _("What it hands in is true, and it may use everything that is in it."),
    _("It accepts the terms of the call, and hands in one proposal only, agreed with no competitor (art. 139)."),
    _("It will prove all this when the city asks for it (Law 39/2015, art. 69)."),
]


def accepted() -> dict[str, Any]:
    """Return what is kept of the declaration: its version and its words in the portal's main language."""
    with translation.override(settings.LANGUAGE_CODE):
        return {"version": VERSION, "points": [str(point) for point in POINTS]}
