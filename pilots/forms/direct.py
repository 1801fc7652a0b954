"""Contracts and contributions that the Office enters, and what is accepted of them."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from challenges.models.challenge import Route
from govtech.errors import DomainError
from govtech.shell.forms import DayInput, EurosField
from pilots.actions.direct import Part, Terms
from pilots.models import BudgetLine, ExpenditureKind, Initiative, LineKind, YearStatus
from startups.models.proposal import VatRegime
from startups.policies.tax import clean_tax_id

ROWS = 6
KINDS = [choice for choice in ExpenditureKind.choices if choice[0] != ExpenditureKind.CHALLENGE]


class DirectForm(forms.Form):
    """What a contract says; up to six deliveries, those left empty don't count. `terms()` is what the action takes."""

    kind = forms.ChoiceField(label=_("What it is"), choices=KINDS, widget=forms.RadioSelect)
    title = forms.CharField(label=_("Object"), max_length=160, help_text=_("It is published once it is signed."))
    purpose = forms.CharField(
        label=_("What it is needed for"), max_length=4_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    line_code = forms.ChoiceField(label=_("Budget line"), help_text=_("The same code in each year that pays it."))
    supplier_name = forms.CharField(label=_("Supplier or beneficiary"), max_length=160)
    supplier_country = forms.CharField(
        label=_("Its country"), max_length=2, initial="ES", help_text=_("Two letters, for instance ES or PT.")
    )
    supplier_tax_id = forms.CharField(
        label=_("Its tax number"), max_length=20, required=False,
        help_text=_("Only a beneficiary abroad may be without one."),
    )  # fmt: skip
    vat_regime = forms.ChoiceField(label=_("VAT"), choices=VatRegime.choices, initial=VatRegime.GENERAL)
    route = forms.ChoiceField(
        label=_("Procurement route"), choices=[("", "—"), *Route.choices], required=False,
        help_text=_("A contribution has none."),
    )  # fmt: skip
    initiative = forms.ModelChoiceField(
        label=_("Govtech4All initiative"), queryset=Initiative.objects.none(), required=False, empty_label="—",
        help_text=_("What a contribution is for."),
    )  # fmt: skip
    case_file = forms.CharField(label=_("Number of the case file"), max_length=60, required=False)
    rc_certificate = forms.CharField(label=_("RC certificate"), max_length=40, required=False)

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        lines = BudgetLine.objects.exclude(budget_year__status=YearStatus.CLOSED)
        lines = lines.exclude(kind=LineKind.CHALLENGE_CONTRACTS).order_by("budget_year__year", "code", "pk")
        self.fields["line_code"].choices = list({line.code: f"{line.code} {line.name}" for line in lines}.items())
        self.fields["initiative"].queryset = Initiative.objects.order_by("-starts_on", "-pk")
        for number in range(1, ROWS + 1):
            names = {"number": number}
            self.fields[f"title_{number}"] = forms.CharField(
                label=gettext("Delivery %(number)s: what") % names, max_length=160, required=number == 1
            )
            self.fields[f"due_{number}"] = forms.DateField(
                label=gettext("Delivery %(number)s: when") % names, widget=DayInput(), required=number == 1
            )
            self.fields[f"amount_{number}"] = EurosField(
                label=gettext("Delivery %(number)s: amount without VAT") % names, required=number == 1
            )

    def clean(self) -> dict[str, Any]:
        """Each delivery has its three answers; a Spanish tax number is right."""
        data = super().clean() or self.cleaned_data
        country = data["supplier_country"] = (data.get("supplier_country") or "").upper()
        number = data.get("supplier_tax_id", "")
        if number or country == "ES":
            try:
                data["supplier_tax_id"] = clean_tax_id(number, country)
            except DomainError as refusal:
                self.add_error("supplier_tax_id", str(refusal))
        for place in range(1, ROWS + 1):
            names = [f"title_{place}", f"due_{place}", f"amount_{place}"]
            written = [name for name in names if data.get(name) not in (None, "")]
            for name in names:
                if written and name not in written and name not in self.errors:
                    self.add_error(name, gettext("Complete this delivery, or leave all of it empty."))
        return data

    def terms(self) -> Terms:
        """Return what was written."""
        data = self.cleaned_data
        parts = tuple(
            Part(data[f"title_{place}"], data[f"due_{place}"], data[f"amount_{place}"])
            for place in range(1, ROWS + 1)
            if data.get(f"title_{place}")
        )
        names = ("kind", "title", "purpose", "line_code", "supplier_name", "supplier_tax_id", "vat_regime", "route",
                 "initiative",                 "case_file", "rc_certificate")  # fmt: skip
        return Terms(**{name: data[name] for name in names}, parts=parts)


class AcceptanceForm(forms.Form):
    """A note on what was accepted."""

    note = forms.CharField(
        label=_("What was delivered and checked"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 4})
    )


class EndForm(forms.Form):
    """Why a contract ends early."""

    reason = forms.CharField(label=_("Reason"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 4}))
