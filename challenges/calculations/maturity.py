"""How mature a solution must be: technology readiness levels (EU, Horizon Europe annex B), in plain words."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

LEVELS = {
    1: _("the principle is known"),
    2: _("there is an idea of how to use it"),
    3: _("the idea was proven on paper or in the laboratory"),
    4: _("it works in the laboratory"),
    5: _("it was tried in conditions like the real ones"),
    6: _("there is a prototype shown in conditions like the real ones"),
    7: _("the prototype works in a real place"),
    8: _("the product is finished and tested"),
    9: _("the product is in use elsewhere"),
}
CHOICES = [(level, format_lazy("TRL {}: {}", level, words)) for level, words in LEVELS.items()]
# What the public chooses from: lowest and highest level asked for.
BANDS = {
    "research": (_("An idea with evidence (TRL 1 to 3)"), (1, 3)),
    "prototype": (_("A prototype (TRL 4 to 6)"), (4, 6)),
    "product": (_("A product that works (TRL 7 to 9)"), (7, 9)),
}


def in_words(level: int | None) -> str:
    """Say a level: `TRL 6: there is a prototype…`; nothing where none is asked for.

    >>> in_words(None)
    ''
    """
    return str(dict(CHOICES)[level]) if level else ""
