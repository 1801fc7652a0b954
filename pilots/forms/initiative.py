"""What is written of a Govtech4All initiative. Partners and deliverables one a line."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from govtech.shell.forms import DayInput, EurosField
from pilots.actions.initiative import Links
from pilots.models import Initiative, Pilot
from startups.forms.organisation import COUNTRIES

MOST_LINES = 60
LEAD = "*"


def _day(text: str) -> date:
    for shape in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, shape).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise forms.ValidationError(gettext("«%(text)s» isn't a date. Write it like 31/12/2027.") % {"text": text[:40]})


class InitiativeForm(forms.ModelForm):
    """An initiative with its partners, deliverables and links. `links()` goes with the columns."""

    own_amount = EurosField(label=_("Own money planned"))
    eu_amount = EurosField(label=_("EU co-funding planned"))
    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https")
    partners = forms.CharField(
        label=_("Partners and their countries"), required=False, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("One a line: name; country in two letters. An asterisk before the name marks who leads."),
    )  # fmt: skip
    deliverables = forms.CharField(
        label=_("Deliverables"), required=False, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("One a line: what; due date; date of delivery once there is one. For instance: Report; 31/12/2027"),
    )  # fmt: skip
    challenges = forms.ModelMultipleChoiceField(
        label=_("Challenges of it"), queryset=Challenge.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    pilots = forms.ModelMultipleChoiceField(
        label=_("Pilots of it"), queryset=Pilot.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Initiative
        fields = ["title", "title_en", "summary", "summary_en", "grant", "work_package", "city_role", "city_role_en",
                  "starts_on", "ends_on", "own_amount", "eu_amount", "website"]  # fmt: skip
        widgets = {"starts_on": DayInput(), "ends_on": DayInput(), "summary": forms.Textarea(attrs={"rows": 4}),
                   "summary_en": forms.Textarea(attrs={"rows": 4}), "city_role": forms.Textarea(attrs={"rows": 3}),
                   "city_role_en": forms.Textarea(attrs={"rows": 3})}  # fmt: skip

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.columns = list(self.Meta.fields)
        self.fields["challenges"].queryset = Challenge.objects.public().order_by("-publish_at", "-pk")
        self.fields["pilots"].queryset = Pilot.objects.order_by("-created_at", "-pk")
        self.fields["challenges"].label_from_instance = lambda row: f"{row.reference} {row.title}"
        self.fields["pilots"].label_from_instance = lambda row: f"{row.reference} {row.title}"
        if self.instance.pk and not self.is_bound:
            partners = self.instance.partners.order_by("pk")
            self.initial["partners"] = "\n".join(
                f"{LEAD if row.is_lead else ''}{row.name}; {row.country}" for row in partners
            )
            self.initial["deliverables"] = "\n".join(
                "; ".join([row.title, *(f"{day:%d/%m/%Y}" for day in (row.due_on, row.delivered_on) if day)])
                for row in self.instance.deliverables.order_by("number")
            )
            self.initial["challenges"] = list(self.instance.challenges.values_list("pk", flat=True))
            self.initial["pilots"] = list(self.instance.pilots.values_list("pk", flat=True))

    def clean(self) -> dict[str, Any]:
        """A grant ends after it begins."""
        data = super().clean() or self.cleaned_data
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] <= data["starts_on"]:
            self.add_error("ends_on", gettext("The grant ends after it begins."))
        return data

    def _lines(self, name: str) -> list[list[str]]:
        rows = [line.strip() for line in self.cleaned_data[name].splitlines() if line.strip()]
        if len(rows) > MOST_LINES:
            raise forms.ValidationError(gettext("Write at most %(n)d lines.") % {"n": MOST_LINES})
        return [[piece.strip() for piece in row.split(";")] for row in rows]

    def clean_partners(self) -> list[tuple[str, str, bool]]:
        """Each line has a name and a country that there is."""
        found: list[tuple[str, str, bool]] = []
        known = {code for code, _name in COUNTRIES}
        for number, pieces in enumerate(self._lines("partners"), start=1):
            name = pieces[0].removeprefix(LEAD).strip()[:160]
            country = pieces[1].upper() if len(pieces) == 2 else ""
            if not name or country not in known or any(row[0] == name for row in found):
                raise forms.ValidationError(
                    gettext("Line %(number)d: write a name and a country of two letters, for instance Lantik; ES.")
                    % {"number": number}
                )
            found.append((name, country, pieces[0].startswith(LEAD)))
        return found

    def clean_deliverables(self) -> list[tuple[str, date, date | None]]:
        """Each line has a title and a due date."""
        found = []
        for number, pieces in enumerate(self._lines("deliverables"), start=1):
            if not 2 <= len(pieces) <= 3 or not pieces[0]:
                raise forms.ValidationError(
                    gettext("Line %(number)d: write what and when, for instance Report; 31/12/2027.")
                    % {"number": number}
                )
            delivered = _day(pieces[2]) if len(pieces) == 3 and pieces[2] else None
            found.append((pieces[0][:200], _day(pieces[1]), delivered))
        return found

    def said(self) -> dict[str, Any]:
        """Return the columns."""
        return {name: self.cleaned_data[name] for name in self.columns}

    def links(self) -> Links:
        """Return what hangs on it."""
        data = self.cleaned_data
        return Links(
            tuple(data["partners"]), tuple(data["deliverables"]), tuple(data["challenges"]), tuple(data["pilots"])
        )
