"""What a call asks its proposals to say: the short form, and the parts that the Office may switch on beside it."""

from collections.abc import Iterable
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

# Parts of the long form: label, most words.
EXTRA: dict[str, tuple[Any, int]] = {
    "fit": (_("Fit with the problem"), 300),
    "innovation": (_("What is new about it"), 300),
    "maturity": (_("Maturity (TRL)"), 200),
    "indicators": (_("Indicators proposed"), 300),
    "privacy": (_("Data protection"), 300),
    "security": (_("Security and accessibility"), 300),
    "property": (_("Intellectual property"), 200),
    "references": (_("References"), 300),
}
CHOICES = [(key, format_lazy(_("{} (up to {} words)"), label, most)) for key, (label, most) in EXTRA.items()]


def labels(chosen: Iterable[str]) -> list[Any]:
    """Return the labels of the chosen parts, in the order of the form."""
    wanted = set(chosen)
    return [label for key, (label, _most) in EXTRA.items() if key in wanted]
