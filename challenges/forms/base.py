"""What every step of a draft shares as a form."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from govtech.shell.forms import EurosField, EurosInput


class StepForm(forms.Form):
    """One step: fields named as the columns, in Spanish first and then their English twins."""

    example: Any = ""
    examples: Mapping[str, Any] = {}  # of each field, short: what a good answer looks like
    needed: tuple[str, ...] = ()  # to send it, not to save it
    use_required_attribute = False
    keeps_choices = True  # what is chosen in a challenge will be public: its pieces of the page may stay in memory

    def __init__(self, data: Any = None, *, challenge: Challenge, at: datetime, **kwargs: Any) -> None:
        self.challenge = challenge
        self.at = at
        super().__init__(data, initial={**self.proposed(), **self.stored()}, **kwargs)
        show_examples(self.fields, self.examples)

    def stored(self) -> dict[str, Any]:
        """Return what the challenge has, as initial values."""
        return {
            name: getattr(self.challenge, name)
            for name in self.base_fields
            if hasattr(self.challenge, name) and getattr(self.challenge, name) not in (None, "")
        }

    def proposed(self) -> dict[str, Any]:
        """Return what to start from where nothing is stored."""
        return {}

    def spanish(self) -> list[BoundField]:
        """Fields of the main language."""
        return [field for field in self if not field.name.endswith("_en")]

    def english(self) -> list[BoundField]:
        """Their English twins, all optional."""
        return [field for field in self if field.name.endswith("_en")]

    def mark_needed(self) -> None:
        """Stop calling optional what the check list asks for. After the validation: a draft may be unfinished."""
        for name in self.needed:
            self.fields[name].required = True

    def texts(self) -> list[tuple[Any, str]]:
        """Return (label, text) of each field as typed or stored, to compare two versions."""
        return texts_of(self)

    def english_has_errors(self) -> bool:
        """Say whether the English part must be unfolded."""
        return any(field.errors for field in self.english())


def texts_of(form: forms.Form) -> list[tuple[Any, str]]:
    """Return (label, text) of each field of a form, as typed or stored; files left out."""
    return [(field.label, _as_text(field)) for field in form if not isinstance(field.field, forms.FileField)]


def show_examples(fields: Mapping[str, forms.Field], examples: Mapping[str, Any]) -> None:
    """Put a short example after the help of each field."""
    for name, example in examples.items():
        field = fields[name]
        field.help_text = format_html(
            '{} <span class="example">{} «{}»</span>', field.help_text, _("For instance:"), example
        )


def _as_text(bound: BoundField) -> str:
    value = bound.value()
    if value in (None, "", []):
        return ""
    if isinstance(bound.field, forms.ChoiceField | forms.ModelChoiceField):
        chosen = {str(item) for item in (value if isinstance(value, list | tuple) else [value])}
        return ", ".join(str(label) for key, label in bound.field.choices if str(key) in chosen)
    if isinstance(bound.field, forms.DateTimeField | forms.DateField) and not isinstance(value, str):
        return str(bound.field.widget.format_value(value))
    if isinstance(bound.field, EurosField) and not isinstance(value, str):
        return str(EurosInput().format_value(value))
    return "\n".join(str(value).splitlines())
