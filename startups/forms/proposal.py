"""Forms of a proposal: its parts, price, files and declaration."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from challenges.calculations import maturity
from govtech.shell.forms import EurosField
from startups.actions.draft import MAX_CHARACTERS
from startups.calculations.form import LEVEL
from startups.models import Organisation, VatRegime
from startups.policies import declaration

HELP = {
    "title": _("What you would do, in a line. Avoid the name of your company: the panel judges the idea."),
    "solution": _(
        "What it is, how it works, what exists already and what you would do for this challenge. "
        "No price here, nor in any other text: it would be read before it may be."
    ),
    "plan": _("What happens in each month, what you need from the city, and what each milestone leaves behind."),
    "team": _("Who would do the work, with which experience, and how much of their time."),
    "result": _("What will have changed at the end, measured how, against today's figure."),
    "risks": _("Which data you would use, whose the result is, and what could go wrong."),
    "fit": _("How you understand the problem as the call tells it, and which part of it you would solve."),
    "innovation": _("What exists today, here or elsewhere, and what yours does that it doesn't."),
    LEVEL: _("Where the solution stands today, not where it would be after the pilot."),
    "maturity": _("What shows it: trials, customers, certificates, and what is still to be proven."),
    "indicators": _("What you would measure, how, from which figure, to which target."),
    "privacy": _("Which personal data, on what legal basis, where they are kept and until when they are deleted."),
    "security": _("How data and systems are protected, and how everybody can use it: EN 301 549, WCAG 2.2."),
    "property": _("What you bring, what is made in the pilot, under which licence the city may go on using it."),
    "references": _("Where you have done something like it, when, for whom, and who can be asked."),
}
ROWS = {"title": 2, "solution": 14, "plan": 10, "team": 8, "result": 7, "risks": 8}
USUAL_ROWS = 7


class _Later:
    """A field that is needed before handing in, but not to save what there is."""

    def validate(self, value: Any) -> None:
        """Let an empty value be saved."""
        if value not in self.empty_values:  # type: ignore[attr-defined]
            super().validate(value)  # type: ignore[misc]


class LaterText(_Later, forms.CharField):
    """Text, needed before handing in."""


class LaterChoice(_Later, forms.TypedChoiceField):
    """One of a list, needed before handing in."""


class LaterEuros(_Later, EurosField):
    """An amount, needed before handing in."""


def _text(key: str, label: Any, most: int) -> LaterText:
    rows = ROWS.get(key, USUAL_ROWS)
    attrs = {"rows": rows, "data-max-words": most, "maxlength": None}
    return LaterText(
        strip=False, label=label, help_text=HELP[key], max_length=MAX_CHARACTERS, widget=forms.Textarea(attrs=attrs)
    )


def _level(label: Any) -> LaterChoice:
    choices = [("", _("Choose one")), *((f"TRL {level}", words) for level, words in maturity.CHOICES)]
    return LaterChoice(label=label, help_text=HELP[LEVEL], choices=choices)


class SectionsForm(forms.Form):
    """The sections of one part (label and most words by key), each with the version its writer saw.

    Bound, it has those that were sent: the page's script leaves out what its writer hasn't touched.
    """

    use_required_attribute = False

    def __init__(
        self, data: Any = None, *, sections: Mapping[str, tuple[Any, int]], texts: Mapping[str, str], versions: Any
    ) -> None:
        keys = tuple(sections)
        initial = {key: texts.get(key, "") for key in keys}
        super().__init__(data, initial=initial | {f"{key}-version": versions.get(key, 0) for key in keys})
        self.keys = keys
        for key, (label, most) in sections.items():
            self.fields[key] = _level(label) if key == LEVEL else _text(key, label, most)
            self.fields[f"{key}-version"] = forms.IntegerField(
                min_value=0, required=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"})
            )
        for field in self.fields.values():
            field.widget.attrs.pop("maxlength", None)  # a long paste is refused in words, not cut in silence

    def clean(self) -> dict[str, Any]:
        """Write line ends in one way, so that a text unchanged is seen as unchanged."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for key in self.keys:
            if data.get(key):
                data[key] = data[key].replace("\r\n", "\n").replace("\r", "\n")
        return data

    def saved(self) -> dict[str, tuple[int, str]]:
        """Return (version, text) by section, of those that were sent."""
        data = self.cleaned_data
        return {key: (data.get(f"{key}-version") or 0, data[key]) for key in self.keys if key in self.data}


class PriceForm(forms.Form):
    """The economic part, without its milestones."""

    use_required_attribute = False

    version = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"}))
    amount_net = LaterEuros(
        label=_("Price, without VAT"), help_text=_("For the whole pilot, in euros, VAT not included.")
    )
    vat_regime = forms.ChoiceField(
        label=_("VAT"),
        choices=VatRegime.choices,
        widget=forms.RadioSelect,
        help_text=_("VAT goes apart and isn't compared. Exempt: for instance some training. Reverse charge: EU firms."),
    )
    breakdown = forms.CharField(
        label=_("How the price is made up"),
        required=False,
        max_length=MAX_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Hours, equipment, licences, travel. It helps to see that the price is realistic."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["breakdown"].widget.attrs.pop("maxlength", None)

    def clean_breakdown(self) -> str:
        """Write line ends in one way."""
        return str(self.cleaned_data["breakdown"]).replace("\r\n", "\n")


class MilestoneForm(forms.Form):
    """One milestone: what is delivered, when it counts, and how much is paid for it."""

    title = LaterText(label=_("Milestone"), max_length=140)
    deliverables = LaterText(label=_("What is delivered"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}))
    acceptance_criteria = LaterText(
        label=_("When it counts as accepted"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    month = LaterChoice(label=_("Month"), coerce=int, empty_value=None)
    amount_net = LaterEuros(label=_("Amount, without VAT"))

    def __init__(self, *args: Any, months: int = 12, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["month"].choices = [("", "—"), *((n, str(n)) for n in range(1, months + 1))]

    @property
    def is_blank(self) -> bool:
        """Nothing is written in this row."""
        return not any(self.cleaned_data.get(name) not in (None, "") for name in self.fields)


class BaseMilestones(forms.BaseFormSet):
    """The milestones in order; rows left empty are dropped."""

    def rows(self) -> list[dict[str, Any]]:
        """Return what was written, in order."""
        return [form.cleaned_data for form in self.forms if not form.is_blank]


def milestones_formset(extra: int) -> type[BaseMilestones]:
    """Return the class of a set of milestones with `extra` empty rows."""
    return forms.formset_factory(MilestoneForm, formset=BaseMilestones, extra=extra, max_num=12, absolute_max=20)


class DeclarationForm(forms.Form):
    """Who hands in, and with what power."""

    signatory_name = forms.CharField(label=_("Name and surname of who signs"), max_length=120)
    signatory_post = forms.CharField(
        label=_("Post"), max_length=120, help_text=_("For instance: sole administrator, director of research.")
    )
    has_power = forms.BooleanField(
        label=_("I have power to act for the organisation, and what is handed in is true."),
        help_text=_("Proof is asked of the proposed winner only."),
        error_messages={"required": _("Only somebody with power to act for the organisation can hand in. Confirm it.")},
    )
    declares = forms.BooleanField(
        label=_("I make the responsible declaration above."),
        error_messages={"required": _("A proposal goes with the declaration. Read it and accept it.")},
    )
    points = declaration.POINTS


class OrganisationChoiceForm(forms.Form):
    """Which organisation proposes, where a person belongs to several."""

    organisation = forms.ModelChoiceField(
        label=_("Which organisation proposes?"),
        queryset=Organisation.objects.none(),
        to_field_name="public_id",
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("Choose the organisation.")},
    )

    maturity = forms.TypedChoiceField(
        label=_("How mature is your solution today?"),
        choices=[("", _("Choose one")), *maturity.CHOICES],
        coerce=int,
        error_messages={"required": _("Choose the level: the call asks for a least one.")},
    )

    def __init__(self, *args: Any, organisations: Any, minimum_trl: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if minimum_trl is None:
            del self.fields["maturity"]
        else:
            self.fields["maturity"].help_text = _("This call asks for %(least)s or more.") % {
                "least": f"TRL {minimum_trl}"
            }
        self.fields["organisation"].queryset = organisations
        self.fields["organisation"].label_from_instance = lambda organisation: organisation.name
