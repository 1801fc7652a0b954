"""The steps of a draft, each a form. Nothing but the title is required: what is missing is the pre-flight's matter."""

import copy
from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from challenges.calculations import maturity
from challenges.forms.base import StepForm
from challenges.forms.calendar import CalendarForm
from challenges.forms.field import TEXT_ERRORS, Text, line, number, prose
from challenges.policies import preflight
from govtech.clock import local_date
from govtech.reference.models import District, PolicyArea, Rules, in_language
from govtech.shell.forms import EurosField
from govtech.statements import Statement

_AREAS = Statement(lambda: PolicyArea.objects.order_by("order", "pk").values_list("pk", "name", "name_en"))


class AreaChoices(forms.models.ModelChoiceIterator):
    """The policy areas by their names, without reading them as models."""

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        yield "", self.field.empty_label
        for key, name, name_en in _AREAS.rows():
            yield key, in_language(name, name_en)


class AreaField(forms.ModelChoiceField):
    """A policy area, in their order."""

    iterator = AreaChoices


class ProblemForm(StepForm):
    """Who has the problem, how big it is, what was tried."""

    needed = ("policy_area", "summary", "problem", "affected")
    examples = {
        "policy_area": _("Social services and older people"),
        "summary": _("Social services hear too late. We want to try, in two districts, a way to be there before."),
        "problem": _("When a pipe breaks, the district learns it from complaints, three hours later on average."),
        "affected": _("4,200 homes a year; in 310 somebody depends on a device that needs water."),
        "tried": _("A group of messages with the water company. It only worked in office hours."),
    }

    title = line(
        _("Title"),
        _("Name the problem, not the solution: «Reach older people who live alone in time», not «An app for…»."),
        most=140,
        required=True,
    )
    policy_area = AreaField(
        PolicyArea.objects.none(),
        label=_("Policy area"),
        help_text=_("Where companies will look for it."),
        required=False,
        empty_label=_("Choose one"),
    )
    summary = Text(
        label=_("In two sentences"),
        help_text=_("For the list of challenges: what happens and what you are looking for. Without acronyms."),
        max_length=400,
        required=False,
        error_messages=TEXT_ERRORS,
        widget=forms.Textarea(attrs={"rows": 2, "data-max-words": 60}),
    )
    problem = prose(
        _("What happens, and why does it matter?"),
        _("Tell it as you would to somebody from outside: what happens today, since when, what it causes."),
        rows=6,
    )
    affected = prose(
        _("Who has the problem, and how big is it?"),
        _("People, cases, hours or euros a year. A rough figure is better than none."),
    )
    tried = prose(
        _("What has been tried?"),
        _("And why it wasn't enough. It saves others from proposing the same."),
    )
    title_en = line(_("Title in English"), most=140)
    summary_en = line(_("Summary in English"), most=400)
    problem_en = prose(_("What happens, in English"), rows=3)
    affected_en = prose(_("Who has the problem, in English"), rows=3)
    tried_en = prose(_("What has been tried, in English"), rows=3)

    example = _(
        "«We hear of people who live alone when something has already happened. Of 21,000 homes in two "
        "neighbourhoods we know 310. We tried calls from the centres: one in six answered.»"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy_area"].queryset = PolicyArea.objects.order_by("order", "pk")  # type: ignore[attr-defined]
        self.initial["policy_area"] = self.challenge.policy_area_id
        self.fields["title"].error_messages["required"] = _("Write a title. You can change it later.")

    def clean_title(self) -> str:
        """Refuse a title of signs and pictures alone."""
        title: str = self.cleaned_data["title"]
        if not preflight.has_letters(title):
            raise forms.ValidationError(_("The title needs words. Name the problem in a few."))
        return title


class OutcomeForm(StepForm):
    """What must be achieved, with today's figure and the target."""

    needed = ("outcome", "baseline", "target")
    examples = {
        "outcome": _("Who depends on water knows before it is cut, or within an hour."),
    }

    outcome = prose(
        _("What must be achieved?"),
        _("The change that people would notice, not the tool. One or several results, each on its line."),
        rows=5,
    )
    baseline = line(
        _("Figure to start from"), _("Where you stand now, with its year and source: «310 cases detected in 2025».")
    )
    target = line(
        _("Target"),
        _("What would be a good result at the end of the pilot: «20 % more cases, under 10 % false alarms»."),
    )
    outcome_en = prose(_("What must be achieved, in English"), rows=3)
    baseline_en = line(_("Today's figure, in English"))
    target_en = line(_("Target, in English"))

    example = _("«From 11 minutes an invoice to 4, in two offices, with fewer than 2 % of mistakes.»")


class SettingForm(StepForm):
    """Systems, data, place, legal limits."""

    needed = ("place", "has_personal_data")
    examples = {
        "place": _("The neighbourhoods of Bellas Vistas and Cuatro Caminos, with 21,000 homes."),
        "systems": _("Línea Madrid 010, which has an interface to read from."),
        "data_available": _("Cuts since 2021 in CSV, by street, without names."),
        "has_personal_data": _("Yes, where telephone numbers are kept"),
        "legal_limits": _("Nothing is installed inside homes."),
    }

    place = prose(
        _("Where would it be tried?"),
        _("Districts, centres or streets. The more exact, the easier to measure."),
        rows=3,
    )
    systems = prose(
        _("Which systems must it live with?"),
        _("Name those it must read from or write to, and if they have an interface. «None» is an answer."),
        rows=3,
    )
    data_available = prose(_("What data can the service give?"), _("Where they come from, since when, in which form."))
    has_personal_data = forms.TypedChoiceField(
        label=_("Are there personal data?"),
        help_text=_(
            "It decides whether an impact assessment is needed. Data that point to a person count, even without a name."
        ),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    legal_limits = prose(
        _("Limits that the solution must respect"),
        _("Of law, of privacy, of the place: «no cameras», «nothing may be installed in the street»."),
        rows=3,
    )
    place_en = prose(_("Where, in English"), rows=2)
    systems_en = prose(_("Systems, in English"), rows=2)
    data_available_en = prose(_("Data, in English"), rows=2)
    legal_limits_en = prose(_("Limits, in English"), rows=2)

    example = _(
        "«24 centres for older people, 310 places of telecare, data by neighbourhood since 2020, without names.»"
    )

    def stored(self) -> dict[str, Any]:
        """Return what the challenge has; yes or no as the radio buttons say it."""
        answer = self.challenge.has_personal_data
        return {**super().stored(), "has_personal_data": None if answer is None else "yes" if answer else "no"}


class PilotForm(StepForm):
    """Length, districts, what the city puts in."""

    needed = ("duration_months",)
    examples = {
        "duration_months": _("6"),
        "districts": _("Tetuán, if only its streets are in it"),
        "minimum_trl": _("No minimum, if you want ideas that were never tried"),
        "contribution": _("A technician of the district, one day a week, and a room."),
        "adoption": _("The district's coordination, with its maintenance budget of 2028."),
    }

    duration_months = number(
        _("Length in months"),
        _("From 1 to 12. A minor contract lasts a year at most and can't be prolonged."),
        least=1,
        most=12,
        message=_("Write a whole number of months, from 1 to 12."),
    )
    districts = forms.ModelMultipleChoiceField(
        District.objects.none(),
        label=_("Districts"),
        help_text=_("Where it would be tried. None means the whole city."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    minimum_trl = forms.TypedChoiceField(
        label=_("How mature must the solution be?"),
        help_text=_("The least you ask for. The less you ask, the more can propose; say why in the criteria."),
        choices=[("", _("No minimum")), *maturity.CHOICES],
        coerce=int,
        empty_value=None,
        required=False,
    )
    contribution = prose(
        _("What does the city put in?"),
        _("People and hours, places, materials, access to systems. Companies count on it to plan."),
    )
    adoption = prose(
        _("If it works, who would pay for it afterwards?"),
        _("Name the unit and, if you know, with which budget. A pilot without heir ends in a drawer."),
        rows=3,
    )
    contribution_en = prose(_("What the city puts in, in English"), rows=2)
    adoption_en = prose(_("Who would pay for it afterwards, in English"), rows=2)

    example = _("«Two social workers half time, a room in each centre, and a weekly meeting with the service.»")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["districts"].queryset = District.objects.order_by("number")  # type: ignore[attr-defined]

    def stored(self) -> dict[str, Any]:
        """Return what the challenge has, with its districts."""
        return {**super().stored(), "districts": list(self.challenge.districts.values_list("pk", flat=True))}


class MoneyForm(StepForm):
    """The maximum net amount and the number of awards."""

    needed = ("max_amount_net",)
    examples = {
        "max_amount_net": _("14,500"),
        "awards_planned": _("1"),
        "options_net": _("0"),
        "independent_objects_reason": _("One is for streets and the other for buildings: neither needs the other."),
    }

    max_amount_net = EurosField(
        label=_("Maximum amount of each award, without VAT"),
        help_text=_("In euros. What you would pay at most for the whole pilot. VAT is added apart."),
        required=False,
        error_messages={"min_value": _("An amount can't be negative.")},
    )
    awards_planned = number(
        _("Number of awards"),
        _("One, unless you want to try several solutions side by side."),
        least=1,
        most=20,
        message=_("Write a whole number, from 1 to 20."),
        required=True,
    )
    options_net = EurosField(
        label=_("Options and foreseen extensions, without VAT"),
        help_text=_("Usually 0. They count for the limit of a minor contract."),
        required=False,
        error_messages={"min_value": _("An amount can't be negative.")},
    )
    independent_objects_reason = prose(
        _("If there are several awards, why is each an independent object?"),
        _("Only needed when all together reach the limit of a minor contract. The Office attaches the legal report."),
        rows=3,
    )

    example = _("«14,500 € without VAT for one award: six months, two districts, two people of the company half time.»")

    def clean_options_net(self) -> Any:
        """Read nothing as zero."""
        return self.cleaned_data["options_net"] or 0

    def clean(self) -> dict[str, Any]:
        """Say beside the amount when it is over what a minor contract may cost."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        would_be = copy.copy(self.challenge)
        for name, value in cleaned.items():
            setattr(would_be, name, value)
        rules = Rules.objects.in_force(local_date(self.at))
        for field, message in preflight.amount_problems(would_be, rules):
            self.add_error(field, message)
        return cleaned


FORMS: dict[str, type[StepForm]] = {
    "problem": ProblemForm,
    "outcome": OutcomeForm,
    "setting": SettingForm,
    "pilot": PilotForm,
    "money": MoneyForm,
    "calendar": CalendarForm,
}
