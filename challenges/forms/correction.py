"""Substantial corrections: the criteria and the documents of a published call."""

import copy
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from challenges.actions.correction import CRITERION
from challenges.forms.criteria import CriterionForm, six_lines
from challenges.forms.field import TEXT_ERRORS, Text, published_reason
from challenges.models import Challenge, ChallengeDocument, Criterion
from govtech.shell.forms import InstantInput


def closing_field(least: datetime, current: datetime) -> forms.DateTimeField:
    """Return the field of the closing that a substantial correction asks for, proposed."""
    return forms.DateTimeField(
        label=_("The call will close"),
        help_text=_("Proposed: the first working day that leaves the time that the law asks for."),
        required=least > current,
        initial=least,
        widget=InstantInput,
        error_messages={"required": _("Choose the new day and time."), "invalid": _("Write a day and a time.")},
    )


class CriteriaCorrectionForm(forms.Form):
    """Every criterion of a call as it must read."""

    pass_mark = forms.DecimalField(
        label=_("Minimum total to be awarded"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )

    def __init__(
        self, *args: Any, challenge: Challenge, criteria: Sequence[Criterion], least: datetime, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = list(criteria)
        self.fields["pass_mark"].initial = challenge.pass_mark
        base = CriterionForm.base_fields
        for criterion in self.criteria:
            for column in CRITERION:
                field = copy.deepcopy(base[column])
                field.initial = getattr(criterion, column)
                field.required = column in ("name", "weight_percent", "threshold_points")
                self.fields[f"{column}_{criterion.pk}"] = field
        self.fields["closes_at"] = closing_field(least, challenge.closes_at)  # type: ignore[arg-type]
        self.fields["reason"] = published_reason()

    def groups(self) -> list[tuple[str, list[Any], list[Any]]]:
        """Return name, fields and English fields of each criterion."""
        return [
            (
                criterion.name,
                [self[f"{column}_{criterion.pk}"] for column in CRITERION if not column.endswith("_en")],
                [self[f"{column}_{criterion.pk}"] for column in CRITERION if column.endswith("_en")],
            )
            for criterion in self.criteria
        ]

    def clean(self) -> dict[str, Any]:
        """Take six levels of a criterion, or none."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name in [name for name in cleaned if name.startswith("anchors_")]:
            try:
                cleaned[name] = six_lines(cleaned[name])
            except forms.ValidationError as refusal:
                self.add_error(name, refusal)
        return cleaned

    def rows(self) -> dict[int, dict[str, Any]]:
        """Return the columns of each criterion by its key."""
        return {
            criterion.pk: {column: self.cleaned_data[f"{column}_{criterion.pk}"] for column in CRITERION}
            for criterion in self.criteria
        }


class DocumentCorrectionForm(forms.Form):
    """A document in the place of another, or one more."""

    document = forms.ChoiceField(label=_("What is corrected"))
    title = Text(
        label=_("Name of the document"),
        max_length=140,
        error_messages={**TEXT_ERRORS, "required": _("Say what the document is.")},
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("Up to 20 MB. The old one stays where it can be downloaded."),
        error_messages={"required": _("Choose the file.")},
        widget=forms.FileInput(attrs={"data-max-bytes": 20_000_000}),
    )

    def __init__(self, *args: Any, documents: Sequence[ChallengeDocument], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.documents = {document.file.public_id: document for document in documents}
        self.fields["document"].choices = [  # type: ignore[attr-defined]
            ("", gettext("A new document")),
            *((key, gettext("Instead of «%(title)s»") % {"title": one.title}) for key, one in self.documents.items()),
        ]
        self.fields["document"].required = False
        self.fields["reason"] = published_reason()

    def correction(self) -> dict[str, Any]:
        """Return what the action takes."""
        data = self.cleaned_data
        return {
            "document": self.documents.get(data["document"]),
            "upload": data["file"],
            "title": data["title"],
            "reason": data["reason"],
        }
