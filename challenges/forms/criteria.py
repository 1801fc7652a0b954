"""The criteria as rows of one form, with their sum and the pass mark."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms.formsets import BaseFormSet
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from challenges.calculations.criteria import TEMPLATE
from challenges.forms.field import TEXT_ERRORS, Text
from challenges.models import Challenge, CriterionKind, Template

LEVELS = 6  # 0 to 5
WEIGHT = _("Write a whole number from 1 to 100.")
FIELDS = (
    "kind", "name", "name_en", "guidance", "guidance_en", "anchors", "anchors_en", "weight_percent", "threshold_points",
)  # fmt: skip


def six_lines(text: str) -> str:
    """Return what each level from 0 to 5 means, a line each; ValidationError with more or fewer, "" without any."""
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    if len(lines) not in (0, LEVELS):
        raise forms.ValidationError(_("Write six lines, one for each level from 0 to 5, or none."))
    return "\n".join(lines)


class CriterionForm(forms.Form):
    """One criterion."""

    name = Text(
        label=_("Name"),
        help_text=_("What is judged, in a few words. For instance: «Impact on the service»."),
        max_length=120,
        error_messages=TEXT_ERRORS,
    )
    weight_percent = forms.IntegerField(
        label=_("Weight, in %"),
        help_text=_("«25»"),
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        error_messages={"invalid": WEIGHT, "min_value": WEIGHT, "max_value": WEIGHT},
    )
    threshold_points = forms.DecimalField(
        label=_("Minimum points"),
        help_text=_("«0»: none"),
        required=False,
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(0)],
        error_messages={"min_value": _("The minimum can't be negative.")},
    )
    kind = forms.ChoiceField(
        label=_("Who gives the points"),
        help_text=_("«Formula» only for the price"),
        choices=CriterionKind.choices,
        initial="judgement",
    )
    guidance = Text(
        label=_("What will be looked at"),
        help_text=_(
            "What makes a proposal better here. For instance: «How far it moves today's figure towards the target»."
        ),
        max_length=4_000,
        required=False,
        error_messages=TEXT_ERRORS,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    anchors = Text(
        label=_("What each level means, from 0 to 5"),
        help_text=_(
            "Six lines, the first for 0 and the last for 5. The panel reads them on its score sheet and companies in "
            "the call. For instance, the last: «Reaches the target, with proof». Empty: absent, poor, partial, "
            "sufficient, good, excellent."
        ),
        max_length=2_000,
        required=False,
        error_messages=TEXT_ERRORS,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    name_en = Text(label=_("Name in English"), max_length=120, required=False, error_messages=TEXT_ERRORS)
    guidance_en = Text(
        label=_("What will be looked at, in English"),
        max_length=4_000,
        required=False,
        error_messages=TEXT_ERRORS,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    anchors_en = Text(
        label=_("What each level means, in English"),
        max_length=2_000,
        required=False,
        error_messages=TEXT_ERRORS,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].error_messages["required"] = _("Name the criterion, or take the row away.")
        self.fields["weight_percent"].error_messages["required"] = _("Give it a weight, or take the row away.")

    def clean_anchors(self) -> str:
        """Take six levels, a line each, or none."""
        return six_lines(self.cleaned_data["anchors"])

    def clean_anchors_en(self) -> str:
        """Take six levels, a line each, or none."""
        return six_lines(self.cleaned_data["anchors_en"])

    def clean(self) -> dict[str, Any]:
        """Refuse a minimum over the weight: nobody could reach it."""
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["threshold_points"] = cleaned.get("threshold_points") or 0
        weight = cleaned.get("weight_percent")
        if weight is not None and cleaned["threshold_points"] > weight:
            self.add_error("threshold_points", _("The minimum can't be over the weight: nobody could reach it."))
        return cleaned


class BaseCriteria(BaseFormSet):
    """All criteria of a challenge. Rows left empty don't count."""

    def get_deletion_widget(self) -> forms.Widget:
        """Return a box to take the row away."""
        return forms.CheckboxInput(attrs={"class": "form-check-input"})

    def clean(self) -> None:
        """Refuse two prices. A sum other than 100 is stored: a draft may be unfinished."""
        if any(self.errors):
            return
        formulas = [row for row in self.rows() if row["kind"] == CriterionKind.FORMULA]
        if len(formulas) > 1:
            raise forms.ValidationError(_("Only one criterion can be computed by formula: the price."))

    def rows(self) -> list[dict[str, Any]]:
        """Return the rows that stay, as the action takes them."""
        return [
            {name: form.cleaned_data[name] for name in FIELDS}
            for form in self.forms
            if form.cleaned_data.get("name") and not form.cleaned_data.get("DELETE")
        ]


CriteriaFormSet = forms.formset_factory(
    CriterionForm, formset=BaseCriteria, extra=1, can_delete=True, max_num=15, absolute_max=20
)


class PassMarkForm(forms.Form):
    """The least total to be awarded."""

    pass_mark = forms.DecimalField(
        label=_("Minimum total to be awarded"),
        help_text=_("Out of 100. Under it nobody gets the award, even if they come first. For instance: «60»."),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        error_messages={
            "min_value": _("Write a number from 0 to 100."),
            "max_value": _("Write a number from 0 to 100."),
            "invalid": _("Write a number from 0 to 100."),
        },
    )


def stored_or_template(challenge: Challenge) -> list[dict[str, Any]]:
    """Return the criteria stored, or those of the template."""
    stored = list(challenge.criteria.order_by("position").values(*FIELDS))
    for row in stored:
        row["threshold_points"] = plain(row["threshold_points"])
    return stored or template()


def plain(value: Decimal) -> Decimal:
    """Return a number without the zeros after the mark.

    >>> plain(Decimal("60.00")), plain(Decimal("12.50"))
    (Decimal('60'), Decimal('12.5'))
    """
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def template() -> list[dict[str, Any]]:
    """Return the criteria of the template: Spanish texts and their English twins, whatever the page's language."""
    rows = []
    for kind, name, guidance, weight, threshold in TEMPLATE:
        row: dict[str, Any] = {"kind": kind, "weight_percent": weight, "threshold_points": threshold}
        for language, suffix in (("es", ""), ("en", "_en")):
            with translation.override(language):
                row |= {f"name{suffix}": str(name), f"guidance{suffix}": str(guidance)}
        rows.append(row)
    return rows


def rows_of(template: Template) -> list[dict[str, Any]]:
    """Return the criteria of a template of the Office."""
    return [{**row, "threshold_points": plain(Decimal(row["threshold_points"]))} for row in template.criteria]


class CriteriaEditor:
    """The step of the criteria, with the face of a form: `is_valid`, `cleaned_data`, `errors`."""

    def __init__(self, data: Any = None, *, challenge: Challenge, template: Template | None = None) -> None:
        self.is_bound = data is not None
        initial = rows_of(template) if template else stored_or_template(challenge)
        self.rows = CriteriaFormSet(data, prefix="c") if self.is_bound else CriteriaFormSet(initial=initial, prefix="c")
        for row in self.rows.forms[1:]:  # said once is enough
            for field in row.fields.values():
                field.help_text = ""
        self.pass_mark = PassMarkForm(data, initial={"pass_mark": plain((template or challenge).pass_mark)})

    def is_valid(self) -> bool:
        """Say whether rows and pass mark are well formed."""
        return all([self.rows.is_valid(), self.pass_mark.is_valid()])

    @property
    def cleaned_data(self) -> dict[str, Any]:
        """Return what `save_step` takes."""
        return {"criteria": self.rows.rows(), "pass_mark": self.pass_mark.cleaned_data["pass_mark"]}

    def add_error(self, field: str | None, message: str) -> None:
        """Put a refusal beside the pass mark, the only single field here."""
        self.pass_mark.add_error(None, message)

    def texts(self) -> list[tuple[Any, str]]:
        """Return (label, text) of each row and of the pass mark, to compare two versions."""
        texts = []
        for row in self.rows:
            values = {name: row[name].value() for name in FIELDS}
            if values["name"]:
                texts.append((values["name"], f"{values['weight_percent']} %. {values['guidance'] or ''}".strip()))
        return [*texts, (self.pass_mark["pass_mark"].label, str(self.pass_mark["pass_mark"].value()))]
