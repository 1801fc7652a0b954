"""Forms of what is agreed before a pilot starts."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from govtech.reference.models import District
from govtech.shell.forms import DayInput
from pilots.forms.indicator import FigureField
from pilots.models import Charter, ContractRecord, Pilot
from pilots.models.charter import SIGNED

HELP = {
    "scope": _("What is tried, how many units, and what isn't part of it."),
    "users": _("Which people or services use it, and how many."),
    "place": _("Centres, streets or lines. Tick the districts below."),
    "data": _("Which data, from which system, and who hands it over."),
    "data_protection": _("Legal basis, roles (art. 28 GDPR), where it is kept, until when. If there is none, say so."),
    "risks": _("One a line: what could happen, and what would be done."),
    "exit_plan": _("What happens to the service, the data and the devices when the pilot ends, whatever the result."),
}
LONG = ("scope", "users", "data", "data_protection", "risks", "exit_plan")
HOURS = ("department_hours", "company_hours", "it_hours", "legal_hours")


class WordsForm(forms.ModelForm):
    """The public words of a pilot."""

    class Meta:
        model = Pilot
        fields = ["title", "summary", "title_en", "summary_en"]
        help_texts = {"summary": _("In two or three sentences, for whoever knows nothing about it.")}
        widgets = {name: forms.Textarea({"rows": 3}) for name in ("summary", "summary_en")}


class HoursField(FigureField):
    """Hours of a week."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            min_value=Decimal(0), max_value=Decimal(168), max_digits=4, decimal_places=1, required=False, **kwargs
        )


class CharterForm(WordsForm):
    """The whole charter. It may be saved half written; it is signed complete."""

    class Meta(WordsForm.Meta):
        fields = ["title", "summary", "hypothesis", "title_en", "summary_en", "hypothesis_en"]
        help_texts = {
            **WordsForm.Meta.help_texts,
            "hypothesis": _("What the pilot has to prove, with a figure: if we do this, that will happen."),
        }
        widgets = {
            **WordsForm.Meta.widgets,
            **{name: forms.Textarea({"rows": 3}) for name in ("hypothesis", "hypothesis_en")},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        charter = Charter.objects.filter(pilot=self.instance).first()
        for name in SIGNED:
            self.fields[name] = self._field(name)
            self.initial[name] = getattr(charter, name, None)
        self.fields["districts"] = forms.ModelMultipleChoiceField(
            District.objects.order_by("number"),
            label=_("Districts"),
            required=False,
            widget=forms.CheckboxSelectMultiple(),
        )
        self.initial["districts"] = list(charter.districts.all()) if charter else []

    def _field(self, name: str) -> forms.Field:
        column = Charter._meta.get_field(name)  # noqa: SLF001 - documented
        label = str(column.verbose_name)
        label = label[:1].upper() + label[1:]
        if name in HOURS:
            return HoursField(label=label)
        known: dict[str, Any] = {"label": label, "help_text": HELP.get(name, ""), "required": False}
        if name in LONG:
            return forms.CharField(max_length=5_000, widget=forms.Textarea({"rows": 4}), **known)
        if name == "has_personal_data":
            return forms.BooleanField(**known)
        return forms.CharField(max_length=160, **known)


class ContractForm(forms.ModelForm):
    """The contract as the city's own systems know it."""

    class Meta:
        model = ContractRecord
        fields = [
            "reference", "formalised_on", "starts_on", "ends_on", "responsible", "responsible_post", "file_number",
            "accounting_document", "register_number", "other_numbers",
        ]  # fmt: skip
        help_texts = {
            "responsible": _("The person of the city who watches over its execution (LCSP art. 62)."),
            "other_numbers": _("One a line: which system, and the number there."),
        }
        widgets = {
            **{name: DayInput() for name in ("formalised_on", "starts_on", "ends_on")},
            "other_numbers": forms.Textarea({"rows": 3}),
        }
