"""What departments write about a need they share, and the Office when it merges two."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from challenges.forms.field import TEXT_ERRORS, Text
from challenges.models import Challenge
from govtech.reference.models import Department


class SupportForm(forms.Form):
    """The department and its own need."""

    department = forms.ModelChoiceField(Department.objects.none(), label=_("Department"), empty_label=None)
    note = Text(
        label=_("What does your department need?"),
        help_text=_(
            "In a sentence or two: how big the problem is with you, and what would be different. For instance: «In "
            "our district there are about 60 cuts a year, most of them at night»."
        ),
        max_length=600,
        error_messages=TEXT_ERRORS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Any = None, *, departments: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["department"].queryset = departments  # type: ignore[attr-defined]
        rows = list(departments)
        if len(rows) == 1:
            self.fields["department"].widget = forms.HiddenInput()
            self.initial.setdefault("department", rows[0].pk)


class MergeForm(forms.Form):
    """Into which, and why."""

    into = forms.ModelChoiceField(
        Challenge.objects.none(),
        label=_("Merge into"),
        help_text=_("Challenges that are being prepared or are open."),
        empty_label=_("Choose one"),
    )
    reason = Text(
        label=_("Reason"),
        help_text=_("Both departments read it."),
        max_length=1_000,
        error_messages=TEXT_ERRORS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Any = None, *, targets: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        field: Any = self.fields["into"]
        field.queryset = targets
        field.to_field_name = "public_id"
        field.label_from_instance = lambda row: f"{row.reference or row.department.short_name} · {row.title}"
