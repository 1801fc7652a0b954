"""Forms of a consortium."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from startups.actions.consortium import LEAST_SHARE, LONGEST_ROLE, MOST_SHARE
from startups.forms.organisation import COUNTRIES
from startups.models import Organisation

MOST_SUGGESTED = 300


class TermsForm(forms.Form):
    """Role and share of a partner."""

    role = forms.CharField(
        label=_("What it would do"),
        max_length=LONGEST_ROLE,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say what this partner would do.")},
    )
    share = forms.DecimalField(
        label=_("Share of the work (%)"),
        min_value=LEAST_SHARE,
        max_value=MOST_SHARE,
        max_digits=4,
        decimal_places=2,
        localize=True,
        help_text=_("What the partners leave of the 100 % is yours."),
        error_messages={"required": _("Write the share, over 0 and under 100.")},
    )


class InviteForm(TermsForm):
    """An organisation to invite, by its name in the directory or its tax number."""

    listed = forms.CharField(
        label=_("Name in the directory"),
        required=False,
        max_length=160,
        widget=forms.TextInput(attrs={"list": "listed", "autocomplete": "off"}),
        help_text=_("If it is in the public directory. Else leave it empty and write the tax number."),
    )
    country = forms.ChoiceField(label=_("Country"), choices=COUNTRIES, initial="ES", required=False)
    tax_id = forms.CharField(
        label=_("Tax number"),
        required=False,
        max_length=24,
        help_text=_("You won't be told whether it is registered: if it is, its owners hear of it."),
    )
    field_order = ["listed", "country", "tax_id", "role", "share"]

    def clean(self) -> dict[str, Any]:
        """Find the organisation in the directory, or take the number."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        name, number = (data.get("listed") or "").strip(), (data.get("tax_id") or "").strip()
        data["label"] = ""
        if name:
            found = Organisation.objects.listed().filter(name__iexact=name).order_by("pk").first()
            if found is None:
                self.add_error("listed", gettext("Nobody in the directory has this name. Write its tax number."))
            else:
                data |= {"country": found.country, "tax_id": found.tax_id, "label": found.name}
        elif not number:
            self.add_error("tax_id", gettext("Write its tax number, or its name in the directory."))
        data["country"] = data.get("country") or "ES"
        return data


def suggestions() -> list[str]:
    """Return names of the public directory to choose from."""
    names = Organisation.objects.listed().order_by("name", "pk").values_list("name", flat=True)
    return list(names[:MOST_SUGGESTED])
