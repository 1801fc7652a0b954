"""Saving a search, and how often it writes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from challenges.models import Frequency, SavedSearch


class FrequencyForm(forms.Form):
    """How often an alert writes."""

    frequency = forms.ChoiceField(label=_("By e-mail"), choices=Frequency.choices)


class SearchForm(forms.Form):
    """A search that becomes an alert. `query` comes from the catalogue and is read by the view."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("So that you know it among your alerts: «Water in my district»."),
        error_messages={"required": _("Give the alert a name, so that you know it among others.")},
    )
    frequency = forms.ChoiceField(
        label=_("How often we write to you"),
        choices=Frequency.choices,
        widget=forms.RadioSelect,
        initial=Frequency.DAILY,
        help_text=_(
            "Daily and weekly mails come at eight in the morning, on Mondays the weekly one, if there is news."
        ),
    )
    with_changes = forms.BooleanField(
        label=_("Tell me also of corrections, longer deadlines and endings"), required=False, initial=True
    )
    with_existing = forms.BooleanField(
        label=_("Tell me also of what is published now"),
        required=False,
        help_text=_("Otherwise you hear of what is published from now on."),
    )
    replaces = forms.ModelChoiceField(
        None, label=_("Instead of"), required=False, to_field_name="public_id", empty_label=_("None: a new alert")
    )
    use_required_attribute = False

    def __init__(self, data: Any = None, *, own: Any, search: SavedSearch | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if search is not None:
            for name in ("name", "frequency", "with_changes"):
                self.initial[name] = getattr(search, name)
            del self.fields["with_existing"], self.fields["replaces"]
        else:
            self.fields["replaces"].queryset = own  # type: ignore[attr-defined]
            if not own:
                self.fields["replaces"].widget = forms.HiddenInput()
