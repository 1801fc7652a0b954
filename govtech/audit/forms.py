"""Narrowing the audit."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class _Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class EventFilterForm(forms.Form):
    """Kind and days, both ends included."""

    kind = forms.ChoiceField(label=_("What happened"), required=False)
    since = forms.DateField(label=_("From day"), required=False, widget=_Day)
    until = forms.DateField(label=_("Until day"), required=False, widget=_Day)

    def __init__(self, *args: Any, kinds: list[str], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["kind"].choices = [("", _("Everything")), *((kind, kind) for kind in kinds)]
