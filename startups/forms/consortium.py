"""Forms of a consortium."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from startups.actions.consortium import LEAST_SHARE, LONGEST_ROLE, MOST_SHARE
from startups.forms.organisation import COUNTRIES
from startups.models import Organisation

MOST_SUGGESTED = 300
BETWEEN = " · "


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
    """An organisation to invite: a company of the directory, by name and tax number, or anybody's tax number.

    A name alone chooses nobody: two may have the same one, and whoever confirms reads the proposal.
    """

    listed = forms.CharField(
        label=_("From the directory"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"list": "listed", "autocomplete": "off"}),
        help_text=_(
            "Name and tax number of a company, as the list offers them. Else leave it empty and write the tax number "
            "below."
        ),
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
        chosen, number = (data.get("listed") or "").strip(), (data.get("tax_id") or "").strip()
        data["label"] = ""
        if chosen:
            found = _chosen(chosen)
            if found is None:
                self.add_error("listed", _not_chosen(chosen))
            else:
                data |= {"country": found.country, "tax_id": found.tax_id, "label": found.name}
        elif not number:
            self.add_error("tax_id", gettext("Write its tax number, or its name in the directory."))
        data["country"] = data.get("country") or "ES"
        return data


def suggestions() -> list[tuple[str, str]]:
    """Return companies of the public directory to choose from: name with tax number, and whether they are verified."""
    rows = Organisation.objects.listed().order_by("name", "pk")[:MOST_SUGGESTED]
    return [(_label(row), row.state_words) for row in rows if not row.is_person]


def _label(row: Organisation) -> str:
    return f"{row.name}{BETWEEN}{row.tax_id}"


def _chosen(text: str) -> Organisation | None:
    """Return the company of which both name and tax number were chosen; what isn't public isn't compared."""
    name, _between, number = text.rpartition(BETWEEN)
    rows = Organisation.objects.listed().filter(name__iexact=name, tax_id__iexact=number).order_by("pk")[:2]
    found = [row for row in rows if not row.is_person]
    return found[0] if len(found) == 1 else None


def _not_chosen(text: str) -> str:
    namesakes = Organisation.objects.listed().filter(name__iexact=text).order_by("pk")[:5]
    shown = [f"{_label(row)} ({row.state_words})" for row in namesakes if not row.is_person]
    if shown:
        return gettext("A name isn't enough. With its tax number it is: %(names)s") % {"names": "; ".join(shown)}
    return gettext("The directory has no company with this name and tax number. Write its tax number below.")
