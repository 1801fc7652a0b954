"""What is typed about courses and sessions."""

import re
from typing import Any

from django import forms
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from govtech.accounts.forms import PersonField
from govtech.accounts.models import User
from govtech.programme.models import Attendance, Audience, Course, TrainingSession
from govtech.reference.models import Department
from govtech.shell.forms import InstantInput

MOST_ADDRESSES = 200


class AddressesField(forms.CharField):
    """E-mail addresses, one a line or with commas between. Returns a list in small letters, each once."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}), max_length=20_000, **kwargs)

    def clean(self, value: Any) -> list[str]:
        """Return the addresses. Names the first that isn't one."""
        text = super().clean(value)
        found = list(dict.fromkeys(each.lower() for each in re.split(r"[\s,;]+", text) if each))
        if len(found) > MOST_ADDRESSES:
            raise forms.ValidationError(_("At most %(n)d addresses at once.") % {"n": MOST_ADDRESSES})
        for each in found:
            try:
                validate_email(each)
            except forms.ValidationError as error:
                raise forms.ValidationError(_("«%(text)s» isn't an e-mail address.") % {"text": each[:80]}) from error
        return found


class CourseForm(forms.ModelForm):
    """What is taught, for whom, and what it counts for."""

    audiences = forms.MultipleChoiceField(
        label=_("For whom"), choices=Audience.choices, widget=forms.CheckboxSelectMultiple
    )
    use_required_attribute = False

    class Meta:
        model = Course
        fields = (
            "title", "summary", "topic", "audiences", "hours", "requirement", "valid_months", "title_en",
            "summary_en", "is_offered",
        )  # fmt: skip
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 5}),
            "summary_en": forms.Textarea(attrs={"rows": 4}),
        }
        help_texts = {
            "hours": _("They stand on the certificate."),
            "requirement": _("Somebody passes a course by attending one of its sessions."),
            "valid_months": _("After them it must be taken again. Blank: it counts for good."),
        }


class SessionForm(forms.ModelForm):
    """When and where a course is given, for how many, by whom."""

    trainers = AddressesField(
        label=_("Trainers"),
        required=False,
        help_text=_("Addresses of accounts of the portal, one a line: they take attendance and answer questions."),
    )
    link = forms.URLField(
        label=_("Link to take part online"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("Only who has a seat sees it."),
    )
    use_required_attribute = False

    class Meta:
        model = TrainingSession
        fields = ("starts_at", "ends_at", "registration_closes_at", "place", "link", "capacity", "practical")
        widgets = {
            "starts_at": InstantInput,
            "ends_at": InstantInput,
            "registration_closes_at": InstantInput,
            "practical": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "place": _("Building, room and address. Everybody reads it."),
            "capacity": _("When all are taken, the others wait and move up by themselves."),
            "practical": _("What to bring, how to get in. Everybody reads it."),
        }

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if self.instance.pk:
            emails = self.instance.trainers.order_by("email").values_list("email", flat=True)
            self.initial["trainers"] = "\n".join(emails)

    def clean_trainers(self) -> list[User]:
        """Return the people. Names the first address without an account."""
        addresses = self.cleaned_data["trainers"]
        people = {user.email.lower(): user for user in User.objects.filter(email__in=addresses, is_active=True)}
        for each in addresses:
            if each not in people:
                raise forms.ValidationError(
                    _("Nobody has an account with the address %(address)s.") % {"address": each}
                )
        return list(people.values())

    def _post_clean(self) -> None:
        """Leave the row as it is: the action changes it under its lock. The columns' own bounds are the fields'."""


class InviteForm(forms.Form):
    """Who is invited: everybody of an audience, and single addresses with the department they work in."""

    audiences = forms.MultipleChoiceField(
        label=_("Everybody who is"), required=False, widget=forms.CheckboxSelectMultiple
    )
    addresses = AddressesField(
        label=_("Addresses"), required=False, help_text=_("With or without an account, one a line.")
    )
    department = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("Department where they work"),
        required=False,
        help_text=_("Of those whose addresses you write: the coverage of that department counts them."),
    )
    use_required_attribute = False

    def __init__(self, data: Any = None, *, session: TrainingSession, today: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["audiences"].choices = [
            (each.value, each.label) for each in Audience if each in session.course.audiences and each != Audience.STAFF
        ]
        self.fields["department"].queryset = Department.objects.in_force(today).by_name()
        if not self.fields["audiences"].choices:
            del self.fields["audiences"]

    def clean(self) -> dict[str, Any]:
        """Somebody must be invited."""
        cleaned = super().clean()
        if not self.errors and not cleaned.get("audiences") and not cleaned.get("addresses"):
            self.add_error("addresses", _("Choose whom to invite, or write addresses."))
        return cleaned


class RegisterForm(forms.Form):
    """From which department somebody comes who acts for several."""

    department = forms.ModelChoiceField(Department.objects.none(), label=_("You come for"), empty_label=None)

    def __init__(self, data: Any = None, *, departments: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["department"].queryset = Department.objects.filter(pk__in=departments).by_name()
        if len(departments) < 2:
            del self.fields["department"]


class MaterialForm(forms.Form):
    """A file or the address of a page."""

    title = forms.CharField(label=_("Title"), max_length=140)
    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("PDF, Word, Excel, LibreOffice, image or CSV, up to 20 MB."),
        widget=forms.ClearableFileInput(attrs={"data-max-bytes": 20_000_000}),
    )
    url = forms.URLField(label=_("Or the address of a page"), required=False, max_length=500, assume_scheme="https")
    use_required_attribute = False


class TextForm(forms.Form):
    """A question or an answer."""

    text = forms.CharField(label=_("Your question"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    use_required_attribute = False


class AnswerForm(forms.Form):
    """The answer to a question."""

    text = forms.CharField(
        label=_("Answer"),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("All who have a seat read it."),
    )
    use_required_attribute = False


class ReasonForm(forms.Form):
    """Why a session isn't held, or a certificate doesn't count."""

    reason = forms.CharField(label=_("Reason"), max_length=300)
    use_required_attribute = False


class WalkInForm(forms.Form):
    """Somebody who came without a seat."""

    person = PersonField(label=_("Somebody who isn't on the list"), max_length=254)
    use_required_attribute = False


class FeedbackForm(forms.Form):
    """What somebody thought of a session."""

    SCALE = [(str(n), str(n)) for n in range(1, 6)]
    usefulness = forms.ChoiceField(
        label=_("Was it useful for your work?"),
        choices=SCALE,
        widget=forms.RadioSelect,
        help_text=_("From 1, not at all, to 5, very much."),
    )
    clarity = forms.ChoiceField(
        label=_("Was it clear?"),
        choices=SCALE,
        widget=forms.RadioSelect,
        help_text=_("From 1, not at all, to 5, very much."),
    )
    comment = forms.CharField(
        label=_("What would you change?"),
        required=False,
        max_length=1500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Office and trainers read it without your name."),
    )
    use_required_attribute = False


class CodeForm(forms.Form):
    """The code of a certificate."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("Twelve letters and figures, at the foot of the certificate."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    use_required_attribute = False


ATTENDANCE = [(Attendance.PRESENT.value, Attendance.PRESENT.label), (Attendance.ABSENT.value, Attendance.ABSENT.label)]
