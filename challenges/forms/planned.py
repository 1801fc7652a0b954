"""Announcing a challenge, and saying what became of it."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from challenges.calculations import period
from challenges.models import Challenge, PlannedChallenge, PlannedState
from challenges.models.planned import LINKABLE
from challenges.templatetags.challenge_tags import expected_words
from govtech.reference.models import Department, PolicyArea


class PlannedForm(forms.ModelForm):
    """An announcement. `expected` is a month or a quarter as `calculations.period` writes it."""

    expected = forms.ChoiceField(
        label=_("When to expect it"),
        help_text=_("A month, or a quarter where you can't say more. It binds nobody, and you can change it."),
    )
    use_required_attribute = False

    class Meta:
        model = PlannedChallenge
        fields = ("title", "summary", "department", "policy_areas", "expected", "kept_by", "title_en", "summary_en")
        widgets = {  # noqa: RUF012 - Django's way
            "summary": forms.Textarea(attrs={"rows": 5}),
            "summary_en": forms.Textarea(attrs={"rows": 5}),
            "policy_areas": forms.CheckboxSelectMultiple,
        }
        help_texts = {  # noqa: RUF012
            "title": _("The problem in a few words, as a neighbour would say it."),
            "summary": _("What happens today and who has the problem. Amount and criteria come with the call itself."),
            "kept_by": _("Who answers for it inside the Office. Not published."),
        }

    def __init__(self, data: Any = None, *, today: date, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        months, quarters = period.ahead(today)
        if self.instance.pk:
            current = period.written(self.instance.expected_from, self.instance.expected_until)
            self.initial["expected"] = current
            if current not in (*months, *quarters):
                months = [current, *months]
        self.fields["expected"].choices = [  # type: ignore[attr-defined]
            *([] if self.instance.pk else [("", _("Choose"))]),
            (_("Month"), [(each, expected_words(*period.days_of(each))) for each in months]),
            (_("Quarter"), [(each, expected_words(*period.days_of(each))) for each in quarters]),
        ]
        self.fields["department"].queryset = Department.objects.in_force(today).by_name()  # type: ignore[attr-defined]
        self.fields["policy_areas"].queryset = PolicyArea.objects.order_by("order", "pk")  # type: ignore[attr-defined]
        self.fields["kept_by"].queryset = PlannedChallenge.may_be_kept_by()  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """Return what the action takes."""
        values = dict(self.cleaned_data)
        values["expected_from"], values["expected_until"] = period.days_of(values.pop("expected"))
        return values


class DropForm(forms.Form):
    """Why it will not come."""

    reason = forms.CharField(
        label=_("Why it is no longer planned"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is published, and sent to those who asked to hear of it."),
    )
    use_required_attribute = False


class LinkForm(forms.Form):
    """Which file it has become."""

    challenge = forms.ModelChoiceField(
        None,
        label=_("The challenge that it has become"),
        to_field_name="public_id",
        help_text=_(
            "One of the same department. Those who asked to hear of it are told when it is published, or now if it "
            "is, and this page leads there from then on."
        ),
    )
    use_required_attribute = False

    def __init__(self, data: Any = None, *, user: Any, planned: PlannedChallenge, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        taken = PlannedChallenge.objects.filter(state=PlannedState.LINKED).values("challenge")
        rows = Challenge.objects.visible_to(user).filter(status__in=LINKABLE, department=planned.department_id)
        self.fields["challenge"].queryset = rows.exclude(pk__in=taken).order_by("-created_at", "-pk")  # type: ignore[attr-defined]
