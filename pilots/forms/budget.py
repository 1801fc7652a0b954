"""Years, lines and changes of credit."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from govtech.shell.forms import EurosField
from govtech.shell.words import euros
from pilots.calculations.money import ZERO
from pilots.models import BudgetLine, BudgetYear, CreditKind, LineKind

CODE = forms.RegexField(
    r"^[A-Za-z0-9][A-Za-z0-9._/]{0,11}$",
    label=_("Code"),
    max_length=12,
    help_text=_("Short and stable, for instance RETOS."),
    error_messages={"invalid": _("Use letters and figures without spaces, at most 12.")},
)


class YearForm(forms.ModelForm):
    """What is said of a year. The number itself only when it is created."""

    envelope = EurosField(label=_("Envelope, VAT included"), help_text=_("What the lines must add up to."))

    class Meta:
        model = BudgetYear
        fields = [
            "year",
            "envelope",
            "is_split_illustrative",
            "accounting_office",
            "managing_body",
            "processing_unit",
        ]
        labels = {"year": _("Year"), "is_split_illustrative": _("The split by line is only an example")}
        help_texts = {
            "is_split_illustrative": _("The public page says so."),
            "accounting_office": _("The three DIR3 codes go on every invoice."),
        }

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        if self.instance.pk:
            del self.fields["year"]

    def validate_unique(self) -> None:
        """The action says whether the year is there already."""


class LineForm(forms.ModelForm):
    """A line and, while its year is prepared, its initial credit."""

    code = CODE
    kind = forms.ChoiceField(label=_("Purpose"), choices=LineKind.choices)
    credit = EurosField(label=_("Initial credit, VAT included"), required=False, initial=ZERO)

    class Meta:
        model = BudgetLine
        fields = ["code", "name", "name_en", "kind", "application"]
        labels = {"name": _("Name"), "name_en": _("Name in English")}
        help_texts = {"application": _("Organic, programme and economic codes, where known.")}

    def __init__(self, *args: Any, with_credit: bool, **kw: Any) -> None:
        super().__init__(*args, **kw)
        if not with_credit:
            del self.fields["credit"]

    def clean_credit(self) -> Decimal:
        """Nothing typed is no credit yet."""
        return self.cleaned_data["credit"] or ZERO


class InitialCreditForm(forms.Form):
    """The initial credit of a line of a year that is prepared."""

    credit = EurosField(label=_("Initial credit, VAT included"))


class CreditChangeForm(forms.Form):
    """A change of credit: one amount for each line, with its sign."""

    kind = forms.ChoiceField(
        label=_("Kind of change"),
        choices=[choice for choice in CreditKind.choices if choice[0] != CreditKind.INITIAL],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("Reason"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}))
    document_no = forms.CharField(label=_("Number of the file or agreement"), max_length=40, required=False)

    def __init__(self, *args: Any, year: BudgetYear, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.lines = {f"amount_{place}": line for place, line in enumerate(year.lines.order_by("code", "pk"))}
        for name, line in self.lines.items():
            self.fields[name] = EurosField(
                label=f"{line.code} {line.name}",
                help_text=_("%(amount)s available") % {"amount": euros(line.available)},
                required=False,
                min_value=None,
            )

    def clean(self) -> dict[str, Any]:
        """Gather the amounts that were written."""
        data = super().clean() or self.cleaned_data
        data["changes"] = [
            {"line": line.pk, "amount": data[name]} for name, line in self.lines.items() if data.get(name)
        ]
        return data
