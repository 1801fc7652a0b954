"""Fields that the forms of challenges share, with their refusals in words."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

TOO_LONG = _("This has %(show_value)d characters and the most is %(limit_value)d. Shorten it.")
NUL = _("There is a character that can't be stored (NUL). Write the text again, or paste it without format.")
TEXT_ERRORS = {"max_length": TOO_LONG, "null_characters_not_allowed": NUL}
MAX_CHARACTERS = 10_000
PROSE_WORDS = 600


class Text(forms.CharField):
    """Text whose length is told in words: the browser must not cut what is pasted."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Leave `maxlength` out."""
        return {}


def line(label: Any, help_text: Any = "", *, most: int = 300, required: bool = False) -> Text:
    """Return a field of one line."""
    return Text(label=label, help_text=help_text, max_length=most, required=required, error_messages=TEXT_ERRORS)


def prose(label: Any, help_text: Any = "", *, rows: int = 4, words: int = PROSE_WORDS) -> Text:
    """Return a field of some paragraphs, with its counter of words."""
    return Text(
        label=label,
        help_text=help_text,
        max_length=MAX_CHARACTERS,
        required=False,
        error_messages=TEXT_ERRORS,
        widget=forms.Textarea(attrs={"rows": rows, "data-max-words": words}),
    )


WITH_CORRECTION = _("It is published with the correction.")


def published_reason(help_text: Any = WITH_CORRECTION) -> Text:
    """Return the question why something published changes: everybody reads the answer."""
    return Text(
        label=_("Reason"),
        help_text=help_text,
        max_length=2_000,
        error_messages={**TEXT_ERRORS, "required": _("Give the reason: it is published.")},
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def number(
    label: Any, help_text: Any, *, least: int, most: int, message: Any, required: bool = False
) -> forms.IntegerField:
    """Return a whole number within bounds; `message` says them."""
    field = forms.IntegerField(
        label=label,
        help_text=help_text,
        required=required,
        validators=[MinValueValidator(least), MaxValueValidator(most)],
        error_messages={"invalid": message, "min_value": message, "max_value": message},
    )
    field.widget.attrs |= {"inputmode": "numeric", "min": least, "max": most}
    return field
