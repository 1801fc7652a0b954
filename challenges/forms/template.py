"""A template as the Office writes it: what it is for, texts to begin with, criteria."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from challenges.forms.criteria import CriteriaFormSet, PassMarkForm, plain, rows_of
from challenges.forms.criteria import template as default_criteria
from challenges.forms.field import line, prose
from challenges.forms.step import FORMS
from challenges.models import Template

TEXTS = (
    "summary", "problem", "affected", "tried", "outcome", "baseline", "target", "place", "systems", "data_available",
    "legal_limits", "contribution", "adoption",
)  # fmt: skip


def labels() -> dict[str, Any]:
    """Return how the form of the draft calls each text."""
    fields = {name: field for form in FORMS.values() for name, field in form.base_fields.items()}
    return {name: fields[name].label for name in TEXTS}


class TemplateForm(forms.Form):
    """Name, purpose and the texts a draft begins with."""

    name = line(
        _("Name"),
        _("What delegates choose by: «Sensors in the street», «Service at the counter»."),
        most=100,
        required=True,
    )
    purpose = line(_("What it is for"), _("In a sentence: when to start from it."))

    def __init__(self, data: Any = None, *, template: Template | None, **kwargs: Any) -> None:
        initial = {"name": template.name, "purpose": template.purpose, **template.texts} if template else {}
        super().__init__(data, initial=initial, **kwargs)
        for name, label in labels().items():
            self.fields[name] = prose(label, "", rows=2) if name not in ("baseline", "target") else line(label)

    def texts(self) -> dict[str, str]:
        """Return what was written to begin with."""
        return {name: self.cleaned_data[name] for name in TEXTS}


class TemplateEditor:
    """All of a template, with the face of a form."""

    def __init__(self, data: Any = None, *, template: Template | None) -> None:
        self.is_bound = data is not None
        self.form = TemplateForm(data, template=template)
        rows = rows_of(template) if template else default_criteria()
        self.rows = CriteriaFormSet(data, prefix="c") if self.is_bound else CriteriaFormSet(initial=rows, prefix="c")
        self.pass_mark = PassMarkForm(data, initial={"pass_mark": plain(template.pass_mark) if template else 60})

    def is_valid(self) -> bool:
        """Say whether all of it is well formed."""
        return all([self.form.is_valid(), self.rows.is_valid(), self.pass_mark.is_valid()])

    def values(self) -> dict[str, Any]:
        """Return what `actions.template.keep` takes."""
        return {
            "name": self.form.cleaned_data["name"],
            "purpose": self.form.cleaned_data["purpose"],
            "texts": self.form.texts(),
            "criteria": self.rows.rows(),
            "pass_mark": self.pass_mark.cleaned_data["pass_mark"],
        }

    def refuse(self, field: str | None, message: str) -> None:
        """Put a refusal beside its field, or above all."""
        self.form.add_error(field if field in self.form.fields else None, message)
