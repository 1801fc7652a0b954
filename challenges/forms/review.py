"""What the Office writes about a challenge."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from challenges.calculations import form as proposal_form
from challenges.calculations.step import LABELS, STEPS, TERMS
from challenges.forms.field import TEXT_ERRORS, Text, line, number, prose, published_reason
from challenges.forms.step import FORMS
from challenges.models import AbnormalRule, Challenge, Route
from challenges.policies.challenge import CORRECTABLE
from govtech.reference.models import CpvCode
from govtech.shell.forms import InstantInput


def places() -> list[tuple[Any, list[tuple[str, Any]]]]:
    """Return what a comment can be about: each step, and each of its fields."""
    groups = []
    for key in STEPS:
        options: list[tuple[str, Any]] = [(key, format_lazy("{}: {}", LABELS[key], _("all of it")))]
        if key in FORMS:
            options += [
                (f"{key}.{name}", field.label)
                for name, field in FORMS[key].base_fields.items()
                if not name.endswith("_en")
            ]
        groups.append((LABELS[key], options))
    return groups


class CommentForm(forms.Form):
    """A comment and what it is about."""

    place = forms.ChoiceField(label=_("What is it about?"))
    text = Text(
        label=_("Comment"),
        help_text=_("Say what to change and why. The department sees it beside the field."),
        max_length=4_000,
        error_messages={**TEXT_ERRORS, "required": _("Write the comment.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = places()  # type: ignore[attr-defined]

    def comment(self) -> dict[str, str]:
        """Return step, field and text."""
        step, _dot, field = self.cleaned_data["place"].partition(".")
        return {"step": step, "field": field, "text": self.cleaned_data["text"]}


class ReasonForm(forms.Form):
    """A reason that others will read."""

    reason = Text(
        label=_("Reason"),
        max_length=4_000,
        error_messages={**TEXT_ERRORS, "required": _("Give the reason: the department will read it.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


IP_DEFAULT = _(
    "The company keeps the ownership of what it brings and what it develops. The City Council may use the result of "
    "the pilot without limit of time and without further payment, for its own services."
)
DATA_DEFAULT = _(
    "The company processes personal data only on the City Council's instructions, keeps them in the European Union and "
    "deletes them at the end of the pilot. The data processing agreement is signed before it starts."
)
SUBCONTRACTING_DEFAULT = _("Up to half of the amount may be subcontracted, telling the City Council beforehand.")
LEAST_MARK = 50  # per cent of the points so far (LCSP art. 146.3)
DEFAULTS = {
    "ip_clause": IP_DEFAULT,
    "data_clause": DATA_DEFAULT,
    "subcontracting_clause": SUBCONTRACTING_DEFAULT,
    "cpv": "72000000-5",
}


class TermsForm(forms.Form):
    """The Office's terms, with defaults to start from."""

    route = forms.ChoiceField(label=_("Procedure"), choices=Route.choices)
    cpv = forms.ModelChoiceField(
        CpvCode.objects.none(), label=_("CPV classification"), required=False, empty_label=_("Choose one")
    )
    ip_clause = prose(_("Intellectual property"), _("Who owns what, and what the city may do with it."), rows=3)
    data_clause = prose(_("Data processing"), _("Needed where there are personal data."), rows=3)
    subcontracting_clause = prose(_("Subcontracting"), rows=2)
    offer_validity_days = number(
        _("Proposals bind for, in days"), "", least=1, most=365, message=_("Write a whole number, from 1 to 365."),
        required=True,
    )  # fmt: skip
    reserve_list_length = number(
        _("Length of the reserve list"), _("Proposals that come next if the winner declines."), least=0, most=20,
        message=_("Write a whole number, from 0 to 20."), required=True,
    )  # fmt: skip
    abnormal_rule = forms.ChoiceField(
        label=_("When an offer is presumed abnormally low"),
        help_text=_(
            "Its organisation is asked to justify it before anything is decided (Law 9/2017, art. 149). Without a "
            "limit in the call, no offer can be left out for being low."
        ),
        choices=AbnormalRule.choices,
        required=False,
    )
    abnormal_percent = number(
        _("Percentage below"), _("With the mean or the maximum amount. For instance: «25»."), least=1, most=99,
        message=_("Write a whole number, from 1 to 99."),
    )  # fmt: skip
    shortlist_size = number(
        _("How many present"),
        _("Only where a criterion is a presentation: the best so far present, and whoever ties with the last of them."),
        least=1, most=20, message=_("Write a whole number, from 1 to 20."),
    )  # fmt: skip
    shortlist_mark_percent = number(
        _("Least part of the points so far, in %"),
        _("Under it nobody presents. By law, half of what the panel can give at least (Law 9/2017, art. 146.3)."),
        least=50, most=100, message=_("Write a whole number, from 50 to 100."),
    )  # fmt: skip
    publishes_identities = forms.BooleanField(
        label=_("Publish who took part with the result"),
        help_text=_("Companies read it in the call before they propose. On a minor contract the usual is not to."),
        required=False,
    )
    is_anonymised = forms.BooleanField(
        label=_("Judge without names"),
        help_text=_(
            "The panel doesn't learn who proposes until its scores are locked. The secretary hides what gives it away "
            "before anybody reads. It is published with the call and stays as it is."
        ),
        required=False,
    )
    form_sections = forms.MultipleChoiceField(
        label=_("What a proposal must say besides"),
        help_text=_(
            "The short form asks for the solution, the plan with its milestones, the team, the expected result, data, "
            "intellectual property and risks, and the price: 2,500 words at most. Each part switched on here is work "
            "for whoever proposes. It is published with the call and stays as it is."
        ),
        choices=proposal_form.CHOICES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    case_file = line(_("Case file"), _("Its number in the city's file system."), most=60)
    buyer_profile_url = forms.URLField(
        label=_("Link to the buyer profile"), required=False, assume_scheme="https", max_length=200
    )

    independent_objects_report = forms.FileField(
        label=_("Legal report on the independent objects"),
        help_text=_("Needed because all awards together reach the limit of a minor contract. PDF, up to 20 MB."),
        required=False,
        widget=forms.FileInput(attrs={"data-max-bytes": 20_000_000}),
    )

    def __init__(
        self, data: Any = None, files: Any = None, *, challenge: Challenge, asks_report: bool, **kwargs: Any
    ) -> None:
        stored = {name: getattr(challenge, name) for name in TERMS}
        stored["cpv"] = challenge.cpv_id
        defaults = {name: value for name, value in DEFAULTS.items() if not stored[name]}
        if not challenge.has_personal_data:
            defaults.pop("data_clause", None)
        super().__init__(data, files, initial={**stored, **defaults}, **kwargs)
        if not asks_report:
            del self.fields["independent_objects_report"]
        self.fields["cpv"].queryset = CpvCode.objects.order_by("code")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for the percentage where the rule takes one, and drop it where it doesn't."""
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["abnormal_rule"] = cleaned.get("abnormal_rule") or AbnormalRule.NONE
        if cleaned["abnormal_rule"] not in {AbnormalRule.MEAN, AbnormalRule.MAXIMUM}:
            cleaned["abnormal_percent"] = None
        elif cleaned.get("abnormal_percent") is None and "abnormal_percent" not in self.errors:
            self.add_error("abnormal_percent", _("Write how many per cent below."))
        if "shortlist_mark_percent" not in self.errors and cleaned.get("shortlist_mark_percent") is None:
            cleaned["shortlist_mark_percent"] = LEAST_MARK
        if cleaned.get("is_anonymised") and cleaned.get("shortlist_size") is not None:
            self.add_error(
                "is_anonymised",
                _("Who presents before the panel has a name: judge with names, or leave empty how many present."),
            )
        return cleaned


class CorrectionForm(forms.Form):
    """Which text changes, to what, and why."""

    field = forms.ChoiceField(label=_("What is corrected"))
    new_text = Text(
        label=_("New text"),
        help_text=_("The whole text as it must read. The old one stays beside it."),
        max_length=10_000,
        error_messages={**TEXT_ERRORS, "required": _("Write the new text.")},
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    reason = published_reason()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["field"].choices = correctable()  # type: ignore[attr-defined]


def correctable() -> list[tuple[str, Any]]:
    """Return the texts that a correction may change, as the form calls them."""
    labels = {name: field.label for form in (*FORMS.values(), TermsForm) for name, field in form.base_fields.items()}
    return [(name, labels[name]) for name in CORRECTABLE]


class ExtensionForm(forms.Form):
    """A later deadline."""

    closes_at = forms.DateTimeField(
        label=_("The call will close"),
        help_text=_("Later than now, Madrid time, on a working day."),
        widget=InstantInput,
        error_messages={"required": _("Choose the new day and time."), "invalid": _("Write a day and a time.")},
    )
    questions_close_at = forms.DateTimeField(
        label=_("Questions until"),
        help_text=_("Only if companies should have more time to ask, too. Answers are due later where they must."),
        required=False,
        widget=InstantInput,
    )
    moves_later = forms.BooleanField(
        label=_("Move evaluation, award and start of the pilot with it"),
        help_text=_("As many working days as the closing. You see the days before you confirm."),
        required=False,
        initial=True,
    )
    reason = published_reason(_("It is published, and sent to everybody concerned."))
