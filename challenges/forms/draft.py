"""Beginning a draft, and what goes with it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from challenges.forms.field import line
from challenges.policies import preflight

TEMPLATE, CALL = "plantilla:", "reto:"


class TitleForm(forms.Form):
    """What a new draft needs: whose it is and a title."""

    department = forms.ModelChoiceField(None, label=_("Department"), empty_label=None)
    title = line(
        _("What is the problem?"),
        _("A working title, in a few words. You can change it later. For instance: «We learn of water cuts too late»."),
        most=140,
        required=True,
    )

    source = forms.ChoiceField(
        label=_("Start from"),
        help_text=_(
            "A past call of any department, or a template of the Office: you get its texts and criteria, and change "
            "what you need. The calendar and the documents are yours."
        ),
        required=False,
    )

    def __init__(
        self, data: Any = None, *, departments: Any, templates: Any, past: Any, chosen: str = "", **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.departments = list(departments)
        self.sources = {f"{TEMPLATE}{row.public_id}": row for row in templates}
        options = [("", _("An empty draft"))]
        if self.sources:
            options.append((_("Templates of the Office"), [(key, row.name) for key, row in self.sources.items()]))
        calls = {f"{CALL}{row.slug}": row for row in past}
        if calls:
            options.append(
                (_("Past calls"), [(key, f"{row.title} ({row.department.short_name})") for key, row in calls.items()])
            )
        self.sources |= calls
        field: Any = self.fields["source"]
        field.choices = options
        if chosen in self.sources:
            self.initial["source"] = chosen
        self.fields["department"].queryset = departments  # type: ignore[attr-defined]
        self.fields["title"].error_messages["required"] = _("Write a title. You can change it later.")
        if len(self.departments) == 1:
            self.fields["department"].widget = forms.HiddenInput()
            self.initial.setdefault("department", self.departments[0].pk)

    def clean_source(self) -> Any:
        """Return the template or the call itself."""
        return self.sources.get(self.cleaned_data["source"])

    def clean_title(self) -> str:
        """Refuse a title of signs and pictures alone."""
        title: str = self.cleaned_data["title"]
        if not preflight.has_letters(title):
            raise forms.ValidationError(_("The title needs words. Name the problem in a few."))
        return title


class DocumentForm(forms.Form):
    """A file that goes with the call."""

    title = line(
        _("Name that people will read"), _("«Plan of the network», «Sheet of available data»."), most=140, required=True
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, Word, Excel, LibreOffice, image or CSV, up to 20 MB."),
        widget=forms.ClearableFileInput(attrs={"data-max-bytes": 20_000_000}),
    )
